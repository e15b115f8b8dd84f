/**
 * Where a repository is kept. Paths are relative, `/` between their parts, without `.` and `..`; a reader of another
 * machine sees a whole object or none. Objects are written once, but for the few that `replace` and `write` are for.
 */
export interface Storage {
  /** As the user named it, without credentials: for messages. */
  readonly url: string;
  readonly kind: "directory" | "s3";
  /** A whole small object. */
  read(path: string): Promise<StoredObject | undefined>;
  /** @throws VenvdebError REPO_OBJECT_MISSING */
  stream(path: string): AsyncIterable<Uint8Array>;
  stat(path: string): Promise<ObjectFacts | undefined>;
  /** Every object below a prefix (`dists/`), in the order of paths. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Writes an object that is not there; leaves one that is. */
  create(path: string, content: Content): Promise<"created" | "exists">;
  /** Replaces an object if it still has the expected version; `undefined`: if it is not there. The commit of a release. */
  replace(
    path: string,
    content: Content,
    expected: string | undefined,
  ): Promise<{ readonly version: string } | "conflict">;
  /** Writes an object whatever is there. */
  write(path: string, content: Content): Promise<void>;
  /** Makes `target` the same object as `source`, whatever was there, without moving its bytes over the network. */
  copy(source: string, target: string): Promise<void>;
  /** No error if it is not there. */
  remove(path: string): Promise<void>;
  /** Removes what uploads left that began before this and were broken off. A folder needs none: its lists do so. */
  discardUploads?(before: Date): Promise<void>;
  /** The store's own clock, whose times `stat` gives. */
  now(): Promise<Date>;
  /** Runs alone among the publishers of a folder. A bucket has only `replace`: there it runs at once. */
  exclusively<T>(run: () => Promise<T>): Promise<T>;
}

export interface StoredObject {
  readonly bytes: Buffer;
  /** What `replace` compares: opaque. */
  readonly version: string;
}

export interface ObjectFacts {
  readonly size: number;
  readonly modified: Date;
}

export interface ListedObject extends ObjectFacts {
  readonly path: string;
}

/**
 * Bytes, or a file of the publisher's machine that is copied or uploaded. With its `sha256` (lower-case hexadecimal), a file
 * that was changed since that was taken is refused (REPO_FILE_CHANGED).
 */
export type Content = Uint8Array | { readonly file: string; readonly sha256?: string };
