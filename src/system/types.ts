import type { PackageEntry } from "../deb/entry.ts";
import type { ControlFile } from "../deb/types.ts";
import type { Relations } from "../plan/types.ts";
import type { Migration } from "../plan/previous-types.ts";
import type { MaintainerScriptName } from "../plan/system-types.ts";

/** Everything of a package that is neither its environment nor its documents. */
export interface SystemFiles {
  readonly entries: readonly PackageEntry[];
  /** Maintainer scripts, `triggers`, files of debconf; those that would be empty are not there. */
  readonly controlFiles: readonly ControlFile[];
  /** What our own scripts need to run. */
  readonly relations: Partial<Relations>;
  /** What the scripts do for older versions, for the manifest. */
  readonly migrations: readonly Migration[];
}

/** What one contributor adds. */
export interface SystemPart {
  readonly entries: readonly PackageEntry[];
  readonly fragments: Partial<Record<MaintainerScriptName, readonly Fragment[]>>;
  /** Lines of the triggers file, each with its directive (deb-triggers(5)). */
  readonly triggers?: readonly string[];
  /** Further members of control.tar (`config`, `templates`). */
  readonly controlFiles?: readonly ControlFile[];
  readonly relations?: Partial<Relations>;
}

/** One block of a maintainer script. */
export interface Fragment {
  /** Where it comes from, in words and with the setting: what an operator reads above the block. */
  readonly origin: string;
  /** POSIX sh that stands by itself, tests `$1` itself, and ends with a newline. */
  readonly text: string;
}

/** What the stages before know and the plan does not. */
export interface SystemFacts {
  /** Libraries of other packages that the environment loads, as their packages spell the paths. */
  readonly libraries: readonly string[];
  /** The environment's machine code; absent: not known. */
  readonly objects?: readonly { readonly path: string }[];
  /** All files of the environment; absent: not known. */
  readonly files?: readonly string[];
  /** The environment as it is packed, to be compared with the previous package. */
  readonly environment?: readonly PackageEntry[];
  /** Whether the scripts migrate something, by dpkg-maintscript-helper(1). */
  readonly migrates?: boolean;
}
