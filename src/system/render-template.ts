import { createTemplateEngine } from "../template-engine.ts";
import {
  quoteComment,
  quoteShell,
  quoteShellEnvironment,
  quoteShellWords,
  quoteSystemd,
  quoteSystemdEnvironment,
  quoteSystemdExec,
  quoteSystemdSettings,
  requirePlainWord,
} from "./quote.ts";
import { quoteCronCommand, quoteCronEnvironment, quoteCronPlain } from "./quote-cron.ts";
import { quoteTmpfilesDirectories } from "./quote-tmpfiles.ts";
import { quoteLogrotatePaths, quoteLogrotateSettings } from "./quote-logrotate.ts";

/**
 * Renders `templates/<name>`. A template has places for values only, `{{ value | filter }}`, and each one names the
 * language that it is quoted for; choosing and joining is the caller's.
 * @throws VenvdebError SYSTEM_BAD_VALUE for a value that the language cannot hold
 */
export function renderTemplate(name: string, values: Readonly<Record<string, unknown>>): string {
  return engine.render(name, values);
}

/** The quoting filters, by the name that templates use. */
export const TEMPLATE_FILTERS = {
  /** One word of a shell script. */
  sh: quoteShell,
  /** A name that needs no quotes. */
  sh_plain: requirePlainWord,
  /** Words of a shell script. */
  sh_words: quoteShellWords,
  sh_environment: quoteShellEnvironment,
  /** Whole lines of shell: made by another template, or a maintainer script that its author answers for. */
  sh_lines: (text: string) => text.replace(/\n+$/, ""),
  /** Texts that a `case` of a shell script compares with. */
  sh_patterns: (words: readonly string[]) => words.map(quoteShell).join(" | "),
  /** Text after `#`. */
  comment: quoteComment,
  systemd: quoteSystemd,
  systemd_exec: quoteSystemdExec,
  systemd_environment: quoteSystemdEnvironment,
  systemd_settings: quoteSystemdSettings,
  /** Whole lines of a unit, made by another template. */
  systemd_lines: (text: string) => text.replace(/\n$/, ""),
  /** `OnCalendar=` lines. */
  systemd_calendar: (values: readonly string[]) =>
    values.map((value) => `OnCalendar=${quoteSystemd(value)}`).join("\n"),
  /** `ReadWritePaths=` lines for what may be missing. */
  systemd_writable: (paths: readonly string[]) =>
    paths.map((path) => `ReadWritePaths=-${quoteSystemd(path)}`).join("\n"),
  cron_plain: quoteCronPlain,
  cron_environment: quoteCronEnvironment,
  cron_command: quoteCronCommand,
  logrotate_paths: quoteLogrotatePaths,
  logrotate_settings: quoteLogrotateSettings,
  /** Whole lines made by another template. */
  logrotate_lines: (text: string) => text.replace(/\n+$/, ""),
  tmpfiles_directories: quoteTmpfilesDirectories,
} as const;

const engine = createTemplateEngine(TEMPLATE_FILTERS);

/** What is wrong with the text of a template for shell scripts and system files, if anything. */
export const templateProblem = engine.problem;
