/** One member of the tree of a commit, as a tool gives it: anybody may have written it. */
export type TreeEntry =
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly isExecutable: boolean;
      /** Bytes. */
      readonly size: number;
      /** To be read before the next entry is asked for. */
      readonly data: () => AsyncIterable<Uint8Array>;
    };
