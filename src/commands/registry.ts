import { cache } from "./cache.ts";
import { build } from "./build.ts";
import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { diff } from "./diff.ts";
import { init } from "./init.ts";
import { inspect } from "./inspect.ts";
import { plan } from "./plan.ts";
import { rehearse } from "./rehearse.ts";
import type { CommandDefinition } from "./types.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  init,
  plan,
  build,
  check,
  inspect,
  diff,
  rehearse,
  cache,
  completion,
];
