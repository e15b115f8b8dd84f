import { badValue } from "./quote.ts";

/** A schedule or a user's name, which a line of crontab(5) takes as it is. @throws VenvdebError SYSTEM_BAD_VALUE */
export function quoteCronPlain(value: string): string {
  if (/^[A-Za-z0-9_@*][A-Za-z0-9_@*,/ -]*$/.test(value)) return value;
  throw badValue(value, PLACE, "it is no schedule and no user");
}

/**
 * A command of crontab(5) that runs when its program is there: one word for each, for cron first and then for sh.
 * cron ends the command at a bare `%`; some of its versions drop the backslash of `\%` and `\\`, others leave it to
 * the shell, so a percent sign stands outside of quotes, and no backslash stands before another or before one.
 * @throws VenvdebError SYSTEM_BAD_VALUE for control characters, and for more than the 1000 bytes that cron takes
 */
export function quoteCronCommand(words: readonly string[]): string {
  const [program = "", ...args] = words.map(quoteWord);
  const command = [`[ -x ${program} ] && ${program}`, ...args].join(" ");
  if (Buffer.byteLength(command) > LONGEST)
    throw badValue(command, PLACE, `it is longer than the ${LONGEST} bytes that cron takes`);
  return command;
}

/**
 * `NAME=value` lines of crontab(5), which knows quotes around a whole value and no escapes.
 * @throws VenvdebError SYSTEM_BAD_VALUE for what such a line cannot hold
 */
export function quoteCronEnvironment(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        throw badValue(name, PLACE, "it is not the name of an environment variable");
      const line = `${name}=${quoteValue(value)}`;
      if (Buffer.byteLength(line) > LONGEST)
        throw badValue(line, PLACE, `it is longer than the ${LONGEST} bytes that cron takes`);
      return line;
    })
    .join("\n");
}

const PLACE = "a crontab";

/** MAX_COMMAND and MAX_ENVSTR are 1000, with the end of the text. */
const LONGEST = 990;

function quoteWord(word: string): string {
  requireOneLine(word);
  if (/^[\w@+=:,./-]+$/.test(word)) return word;
  const parts = word.match(/%|\\|'|[^%\\']+/g) ?? ["'"];
  return word === "" ? "''" : parts.map((part) => ESCAPED.get(part) ?? `'${part}'`).join("");
}

const ESCAPED = new Map([
  ["%", String.raw`\%`],
  ["\\", String.raw`'\'`],
  ["'", String.raw`"'"`],
]);

function quoteValue(value: string): string {
  requireOneLine(value);
  if (/\s$/.test(value))
    throw badValue(value, PLACE, "it ends with a blank, which cron drops even inside of quotes");
  if (/^[^"'\s]/.test(value)) return value;
  const quote = ['"', "'"].find((mark) => !value.includes(mark));
  if (quote === undefined)
    throw badValue(value, PLACE, "it has both kinds of quotes, and begins with one or with a blank");
  return `${quote}${value}${quote}`;
}

function requireOneLine(value: string): void {
  if (/[\p{Cc}\p{Surrogate}]/u.test(value))
    throw badValue(value, PLACE, "it holds control characters (wanted: one line of text)");
}
