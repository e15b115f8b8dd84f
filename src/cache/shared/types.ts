/**
 * Where builds of several machines keep values for one another. Whoever answers may be dead, slow or lying: all that it
 * gives is checked by who asks, and every request ends when its signal is aborted.
 */
export interface SharedPlace {
  /** As the user named it, without credentials: for messages. */
  readonly url: string;
  /** The bytes of a value; nothing where there is none. */
  read(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Writes a value that is not there, and leaves one that is; `refused`: this user may only read. */
  create(path: string, content: SharedContent, signal: AbortSignal): Promise<"done" | "refused">;
  /** Lets go of connections. */
  close?(): void;
}

/** Bytes, or a file of so many. */
export type SharedContent = Buffer | { readonly file: string; readonly size: number };
