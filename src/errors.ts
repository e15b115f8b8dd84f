/**
 * What a user, a project or the world got wrong. `code` is stable, grep-able and listed in docs/errors.md;
 * the message has the form `Cannot <do> "<thing>": <what is> (<what is wanted>)`.
 * Any other Error that reaches the top is our own bug.
 */
export class VenvdebError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: 1 | 2;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "VenvdebError";
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** `SCREAMING_SNAKE` with a prefix for its area: CONFIG_, PROJECT_, LOCK_, PYTHON_, QUEUE_, INSTALL_, RELOCATE_, DEPENDS_, SYSTEM_, DEB_, REHEARSE_, REPO_, SIGN_, S3_, SYNC_, TOOL_, USAGE_, VCS_. */
export type ErrorCode = `${Uppercase<string>}_${Uppercase<string>}`;

interface ErrorOptions {
  /** The next command to run, or the setting to change. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** 1 (default): a problem of the input or the world. 2: wrong usage or configuration. */
  readonly exitCode?: 1 | 2;
}

/** The text of anything thrown, for a message that quotes its cause. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
