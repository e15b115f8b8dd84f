import { VenvdebError } from "../errors.ts";
import { locateIn } from "./locate.ts";
import type { Key, Problem } from "./problem.ts";

/** A file with settings, and where in it they are. */
interface SettingsFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly base: readonly string[];
}

/** The error (CONFIG_INVALID) that lists the mistakes of a file of settings, each with its line and column. */
export function invalidSettings(
  found: SettingsFile,
  problems: readonly Problem[],
  hint: string,
): VenvdebError {
  const locate = locateIn(new TextDecoder().decode(found.bytes));
  const placed = problems.map(({ path, atKey, message }) => {
    const whole = [...found.base, ...path];
    return { ...locate(whole, atKey), text: `${dotted(whole)}: ${message}` };
  });
  const lines = placed
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, text }) => `  ${found.file}:${line}:${column}: ${text}`);
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  return new VenvdebError(
    "CONFIG_INVALID",
    `Cannot use the settings of "${found.file}": ${count}\n${[...new Set(lines)].join("\n")}`,
    {
      exitCode: 2,
      hint,
    },
  );
}

/** As TOML writes it: what is not a bare key is quoted. */
function dotted(path: readonly Key[]): string {
  return path
    .map((key, index) => {
      if (typeof key === "number" || /^\d+$/.test(key)) return `[${key}]`;
      return `${index === 0 ? "" : "."}${/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key)}`;
    })
    .join("");
}
