import { cache } from "./cache.ts";
import { build } from "./build.ts";
import { check } from "./check.ts";
import { ci } from "./ci.ts";
import { completion } from "./completion.ts";
import { diff } from "./diff.ts";
import { init } from "./init.ts";
import { inspect } from "./inspect.ts";
import { plan } from "./plan.ts";
import { rehearse } from "./rehearse.ts";
import { repoAdd } from "./repo/add.ts";
import { repoClient } from "./repo/client.ts";
import { repoInit } from "./repo/init.ts";
import { repoKeyCreate } from "./repo/key/create.ts";
import { repoKeyExport } from "./repo/key/export.ts";
import { repoKeyImport } from "./repo/key/import.ts";
import { repoKeyPackage } from "./repo/key/package.ts";
import { repoKeyRetire } from "./repo/key/retire.ts";
import { repoKeyRotate } from "./repo/key/rotate.ts";
import { repoKeyShow } from "./repo/key/show.ts";
import { repoList } from "./repo/list.ts";
import { repoPromote } from "./repo/promote.ts";
import { repoRebuild } from "./repo/rebuild.ts";
import { repoRemove } from "./repo/remove.ts";
import { repoRetain } from "./repo/retain.ts";
import { repoRollback } from "./repo/rollback.ts";
import { repoServe } from "./repo/serve.ts";
import { repoSnapshot } from "./repo/snapshot.ts";
import { repoVerify } from "./repo/verify.ts";
import { status } from "./status.ts";
import { submit } from "./submit.ts";
import { sync } from "./sync.ts";
import type { CommandDefinition, CommandGroup } from "./types.ts";
import { worker } from "./worker.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  init,
  plan,
  build,
  check,
  inspect,
  diff,
  rehearse,
  sync,
  ci,
  submit,
  worker,
  status,
  repoInit,
  repoAdd,
  repoRemove,
  repoPromote,
  repoList,
  repoRetain,
  repoSnapshot,
  repoRollback,
  repoVerify,
  repoRebuild,
  repoClient,
  repoServe,
  repoKeyCreate,
  repoKeyImport,
  repoKeyExport,
  repoKeyShow,
  repoKeyRotate,
  repoKeyRetire,
  repoKeyPackage,
  cache,
  completion,
];

/** What leads to commands of several words. */
export const GROUPS: readonly CommandGroup[] = [
  { name: "repo", summary: "Make, fill and keep an apt repository" },
  { name: "repo key", summary: "Make, exchange and retire the keys of a repository" },
];
