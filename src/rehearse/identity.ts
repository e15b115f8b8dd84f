/** Which package a file is. */
export interface Identity {
  readonly name: string;
  readonly version: string;
  /** Absolute. */
  readonly path: string;
}
