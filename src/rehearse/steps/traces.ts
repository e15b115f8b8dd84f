import { join } from "node:path";
import { lstat } from "../../effects/fs.ts";
import { bookkeeping, leftovers, snapshotTree } from "../snapshot.ts";
import { fail, pass, type Stage, type Step, type StepResult } from "../types.ts";

/** The machine is what it was before, but for the account. */
export const leftoversStep: Step = {
  id: "leftovers",
  title: "nothing is left over",
  kind: "check",
  run: findLeftovers,
};

/** The snapshot that leftovers are told from; packages may leave logs, so those count. */
export function takeSnapshot(root: string) {
  return snapshotTree(root, IGNORED);
}

/** Which of the paths are there and belong to no other package. */
export async function stillThere({ machine }: Stage, paths: readonly string[]): Promise<string[]> {
  const there: string[] = [];
  for (const path of new Set(paths)) {
    const exists = await lstat(join(machine.root, path)).then(
      () => true,
      () => false,
    );
    if (exists) there.push(path);
  }
  return there;
}

/** Command lines of processes that name the environment. */
export async function runningBelow({ machine, subjects }: Stage): Promise<string[]> {
  const found: string[] = [];
  for (const { environment } of subjects) {
    if (environment === undefined) continue;
    // The folder comes in a variable: among the words it would find this very shell.
    const lines = await machine.sh(LIST_PROCESSES, { env: { FOLDER: environment.path } });
    found.push(...lines.split("\n").filter((line) => line !== ""));
  }
  return found;
}

const LIST_PROCESSES = `
for file in /proc/[0-9]*/cmdline; do
    line=$(tr '\\0' ' ' <"$file" 2>/dev/null) || continue
    case " $line" in *" $FOLDER/"*) printf '%s\\n' "$line" ;; esac
done`;

/** Logs of apt, dpkg, debconf and systemd, not those of the package. */
const MACHINE_LOGS = [
  "/var/log/apt/",
  "/var/log/journal/",
  "/var/log/dpkg.log",
  "/var/log/alternatives.log",
  "/var/log/lastlog",
  "/var/log/faillog",
  "/var/log/wtmp",
  "/var/log/btmp",
];
const IGNORED = [...bookkeeping.filter((path) => path !== "/var/log/"), ...MACHINE_LOGS, "/dev/"];

async function findLeftovers(stage: Stage): Promise<StepResult> {
  const left = leftovers(stage.pristine.tree, takeSnapshot(stage.machine.root));
  if (left.length === 0) return pass();
  return fail(left.slice(0, 20).join("\n"));
}
