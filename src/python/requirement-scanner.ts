/** A position in a dependency specifier or marker; `take` moves it on. */
export interface RequirementScanner {
  /** The text matched at the position, which moves behind it and the white space that follows. */
  take(token: RegExp): string | undefined;
  /** What is left. */
  rest(): string;
}

/** Reads a text token by token; each `token` must be sticky (`/y`). */
export function scanRequirement(text: string): RequirementScanner {
  let position = skipBlanks(text, 0);
  return {
    take(token) {
      token.lastIndex = position;
      const found = token.exec(text)?.[0];
      if (found !== undefined) position = skipBlanks(text, position + found.length);
      return found;
    },
    rest: () => text.slice(position),
  };
}

function skipBlanks(text: string, from: number): number {
  let position = from;
  while (text[position] === " " || text[position] === "\t") position += 1;
  return position;
}
