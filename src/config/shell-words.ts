/**
 * Splits a command line into words with the quoting of sh(1): blanks part words; `'…'`, `"…"` and `\` quote.
 * Nothing is ever expanded and no shell runs it, so what only a shell could do (`$NAME`, backquotes, `|`, `&`, `;`,
 * `<`, `>`) is refused unless it is quoted.
 */
export function splitShellWords(line: string): SplitWords {
  const words: string[] = [];
  let word: string | undefined;
  let rest = line;
  while (rest !== "") {
    const match = TOKEN.exec(rest);
    if (match?.groups === undefined) return { problem: describe(rest) };
    rest = rest.slice(match[0].length);
    const { blank, single, double, escaped, plain } = match.groups;
    if (blank === undefined) {
      word = `${word ?? ""}${single ?? unescapeDouble(double) ?? escaped ?? plain ?? ""}`;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 ? { problem: "is empty" } : { words };
}

export type SplitWords = { readonly words: readonly string[] } | { readonly problem: string };

/** Exactly one of the groups matches; nothing matches at an operator, an expansion or an open quote. */
const TOKEN =
  /^(?:(?<blank>[ \t\r\n]+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\$`]|\\[^])*)"|\\(?<escaped>[^])|(?<plain>[^\s'"\\$`|&;<>]+))/u;

function unescapeDouble(text: string | undefined): string | undefined {
  return text?.replaceAll(/\\(?:\n|([$`"\\]))/g, "$1");
}

function describe(rest: string): string {
  if (rest.startsWith("'")) return "has an open single quote";
  if (rest.startsWith('"')) {
    return /^"(?:[^"\\]|\\[^])*"/u.test(rest)
      ? "has an expansion that only a shell knows"
      : "has an open double quote";
  }
  if (rest.startsWith("\\")) return "ends with a backslash";
  if (/^[$`]/.test(rest)) return "has an expansion that only a shell knows";
  return `has the shell's operator ${rest.charAt(0)}`;
}

/** One line that a shell would split into these words. */
export function formatWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(" ");
}
