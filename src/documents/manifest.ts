import type { ExplainedRelation } from "../dependencies/types.ts";
import type { Migration } from "../plan/previous-types.ts";

/**
 * What a package says of its own making: `usr/share/doc/<package>/venvdeb.json` in it, read back by
 * `venvdeb inspect`. Fields are only ever added within one `manifestVersion`.
 */
export interface Manifest {
  readonly manifestVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly package: { readonly name: string; readonly version: string; readonly architecture: string };
  readonly target: {
    readonly distribution: string;
    readonly codename: string;
    readonly architecture: string;
    /** `3.11` */
    readonly python: string;
  };
  /** Absolute: `/opt/hello`. */
  readonly environmentPath: string;
  readonly layers: readonly ManifestLayer[];
  readonly relations: readonly ExplainedRelation[];
  /** What the maintainer scripts do for machines with an older version; absent: nothing. */
  readonly migrations?: readonly Migration[];
}

export interface ManifestLayer {
  /** As in `Layer`: `directories`, `environment`, `system`, `project`, `dist:<normalised name>`. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly files: number;
  readonly installedBytes: number;
  readonly distribution?: {
    readonly name: string;
    readonly version: string;
    readonly origin: "index" | "built" | "project";
    readonly license?: string;
    readonly sha256?: string;
  };
}
