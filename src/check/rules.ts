import type { Rule } from "./types.ts";
import { buildPaths } from "./rules/build-paths.ts";
import { bytecode } from "./rules/bytecode.ts";
import { checksums } from "./rules/checksums.ts";
import { conffiles } from "./rules/conffiles.ts";
import { controlFields } from "./rules/control-fields.ts";
import { installedSize } from "./rules/installed-size.ts";
import { links } from "./rules/links.ts";
import { maintainerScripts } from "./rules/maintainer-scripts.ts";
import { modes } from "./rules/modes.ts";
import { parents } from "./rules/parents.ts";
import { places } from "./rules/places.ts";
import { records } from "./rules/records.ts";
import { shebangs } from "./rules/shebangs.ts";

/** Every rule, in the order of their findings. */
export const RULES: readonly Rule[] = [
  controlFields,
  maintainerScripts,
  conffiles,
  checksums,
  installedSize,
  parents,
  places,
  modes,
  links,
  shebangs,
  records,
  bytecode,
  buildPaths,
];
