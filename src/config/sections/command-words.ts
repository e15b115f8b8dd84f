import { z } from "zod";
import { checkedText, PRINTABLE, text } from "../leaf.ts";
import { splitShellWords } from "../shell-words.ts";

/** A command: a line that needs no shell, or its words. */
export function commandWords() {
  return z.union([
    checkedText((line) => {
      const split = splitShellWords(line);
      if ("problem" in split) return `a command for which no shell is needed; this one ${split.problem}`;
      return split.words.some((item) => /\p{Cc}/u.test(item))
        ? "a command without control characters"
        : undefined;
    }),
    z
      .array(text(new RegExp(`^${PRINTABLE}*$`), "a word without control characters"))
      .min(1, "at least the program"),
  ]);
}

/** The words of a command that was checked. */
export function normalizeCommand(raw: string | readonly string[]): readonly string[] {
  if (typeof raw !== "string") return raw;
  const split = splitShellWords(raw);
  if ("problem" in split) throw new Error(`unchecked command: ${raw}`);
  return split.words;
}
