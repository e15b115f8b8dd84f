/** One mistake of the settings. */
export interface Problem {
  /** Keys from `[tool.venvdeb]` on. */
  readonly path: readonly Key[];
  /** Whether the key itself is wrong, not its value. */
  readonly atKey: boolean;
  /** What is wrong and what is wanted, in one phrase. */
  readonly message: string;
}

export type Key = string | number;
