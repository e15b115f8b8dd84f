/** One line of a requirements file, continuations joined, comments and white space around it gone. */
export interface LogicalLine {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * Cuts a requirements file into its lines as pip does: `\` at the end goes on, ` #` begins a comment,
 * `${NAME}` of a variable that is set is replaced.
 */
export function logicalLines(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly LogicalLine[] {
  const result: LogicalLine[] = [];
  let parts: string[] = [];
  let start = 0;
  const physical = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  for (const [index, content] of physical.entries()) {
    if (parts.length === 0) start = index + 1;
    const isComment = /^\s*#/.test(content);
    parts.push(isComment ? ` ${content}` : content.replace(/\\$/, ""));
    if (content.endsWith("\\") && !isComment && index < physical.length - 1) continue;
    const joined = withoutComment(parts.join(""));
    parts = [];
    if (joined !== "") result.push({ line: start, text: withVariables(joined, env) });
  }
  return result;
}

function withoutComment(text: string): string {
  return text.replace(/(?:^|\s)#.*$/, "").trim();
}

function withVariables(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => env[name] ?? whole);
}
