import type { Subject } from "../subject.ts";
import { fail, pass, skipped, type Stage, type Step, type StepResult } from "../types.ts";

/** An administrator edits each conffile, by a line break at its end: no format minds that. */
export function editStep(packages: readonly Subject[], next: readonly Subject[]): Step {
  const run = (stage: Stage) => edit(stage, packages, next);
  return { id: "edit", title: "conffiles are edited", kind: "check", run };
}

/** What was edited is as the administrator left it, with no question asked and nothing put beside it. */
export const keptStep: Step = {
  id: "kept",
  title: "edited conffiles are kept",
  kind: "check",
  run: checkKept,
};

async function edit(
  { machine, edited }: Stage,
  packages: readonly Subject[],
  next: readonly Subject[],
): Promise<StepResult> {
  const old = new Map(packages.flatMap(({ conffiles }) => [...conffiles]));
  if (old.size === 0) return skipped("the package has no conffile");
  const coming = new Map(next.flatMap(({ conffiles }) => [...conffiles]));
  const both = [...old].filter(([path, digest]) => coming.has(path) && coming.get(path) !== digest);
  for (const [path, digest] of old) {
    if (coming.get(path) !== digest) continue;
    await machine.run("sh", ["-ec", 'printf "\\n" >>"$1"', "sh", path]);
    edited.set(path, await digestOf(machine, path));
  }
  const asked =
    both.length === 0
      ? ""
      : `; not ${both.map(([path]) => path).join(", ")}: the upgrade changes it, so dpkg would ask`;
  return pass(`${edited.size} edited${asked}`);
}

async function checkKept({ machine, edited }: Stage): Promise<StepResult> {
  if (edited.size === 0) return skipped("no conffile was edited");
  for (const [path, digest] of edited) {
    if ((await digestOf(machine, path)) !== digest)
      return fail(`${path} is not as the administrator left it`);
    for (const suffix of ["dpkg-new", "dpkg-dist", "dpkg-old"]) {
      const { exitCode } = await machine.run("test", ["-e", `${path}.${suffix}`], { check: false });
      if (exitCode === 0) return fail(`${path}.${suffix} was put beside it`);
    }
  }
  return pass([...edited.keys()].join(", "));
}

async function digestOf(machine: Stage["machine"], path: string): Promise<string> {
  const { stdout } = await machine.run("sha256sum", ["--", path], { check: false });
  return stdout.split(" ")[0] ?? "";
}
