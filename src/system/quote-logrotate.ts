import { badValue } from "./quote.ts";

/** Patterns of log files, one a line, in the quotes that logrotate(8) knows. @throws VenvdebError SYSTEM_BAD_VALUE */
export function quoteLogrotatePaths(paths: readonly string[]): string {
  return paths
    .map((path) => {
      if (/^\/[^\p{Cc}\p{Surrogate}"'\\{}]+$/u.test(path)) return `"${path}"`;
      throw badValue(
        path,
        PLACE,
        "it is no absolute path without quotes, braces, backslashes and control characters",
      );
    })
    .join("\n");
}

/** One directive a line; the names are ours, the values plain words. @throws VenvdebError SYSTEM_BAD_VALUE */
export function quoteLogrotateSettings(settings: readonly (readonly string[])[]): string {
  return settings
    .map((words) => {
      for (const word of words)
        if (!/^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(word)) throw badValue(word, PLACE, "it is no plain word");
      return `    ${words.join(" ")}`;
    })
    .join("\n");
}

const PLACE = "a file of logrotate";
