import { join } from "node:path";
import { z } from "zod";
import { assetPath } from "../../effects/assets.ts";
import { readFile } from "../../effects/fs.ts";
import { snapshotTree } from "../snapshot.ts";
import type { Subject } from "../subject.ts";
import { fail, pass, skipped, type Stage, type Step, type StepResult } from "../types.ts";

/** Its Python starts and finds the project's modules. */
export function importsStep(packages: readonly Subject[]): Step {
  const run = (stage: Stage) => eachEnvironment(packages, (environment) => checkImports(stage, environment));
  return { id: "imports", title: "its Python imports the project", kind: "check", run };
}

/** Each row of each RECORD is what is on the disk. */
export function recordsStep(packages: readonly Subject[]): Step {
  const run = (stage: Stage) => eachEnvironment(packages, (environment) => checkRecords(stage, environment));
  return { id: "records", title: "every RECORD is true", kind: "check", run };
}

/** Running it has written nothing where only dpkg writes. */
export function prefixStep(packages: readonly Subject[]): Step {
  const run = (stage: Stage) => eachEnvironment(packages, ({ path }) => checkPrefix(stage, packages, path));
  return { id: "prefix", title: "nothing is written in the environment", kind: "check", run };
}

type Environment = NonNullable<Subject["environment"]>;

async function eachEnvironment(
  packages: readonly Subject[],
  check: (environment: Environment) => Promise<StepResult>,
): Promise<StepResult> {
  const environments = packages.flatMap(({ environment }) => environment ?? []);
  if (environments.length === 0) return skipped("the package has no environment of venvdeb");
  const details: string[] = [];
  for (const environment of environments) {
    const result = await check(environment);
    if (result.outcome !== "PASS") return result;
    details.push(result.detail);
  }
  return pass(details.join(", "));
}

async function checkImports(stage: Stage, environment: Environment): Promise<StepResult> {
  const facts = await readFacts(stage, environment);
  if (typeof facts === "string") return fail(facts);
  return facts.problems.length > 0 ? fail(facts.problems.join("\n")) : pass(facts.imported.join(", "));
}

async function checkRecords(stage: Stage, environment: Environment): Promise<StepResult> {
  const facts = await readFacts(stage, environment);
  if (typeof facts === "string") return fail(facts);
  return facts.wrong.length > 0 ? fail(facts.wrong.slice(0, 10).join("\n")) : pass(`${facts.checked} files`);
}

const factsForm = z.object({
  imported: z.array(z.string()),
  problems: z.array(z.string()),
  checked: z.number(),
  wrong: z.array(z.string()),
});

/** As a user without rights: who runs the service must be able to read it all. Gives the error when Python fails. */
async function readFacts(
  { machine }: Stage,
  { path, distribution = "" }: Environment,
): Promise<z.output<typeof factsForm> | string> {
  const input = await readFile(assetPath("data/python/rehearse.py"), "utf8");
  const python = [`${path}/bin/python`, "-I", "-B", "-", path, distribution];
  const result = await machine.run("runuser", ["-u", "nobody", "--", ...python], {
    input,
    env: { HOME: "/nonexistent" },
    check: false,
  });
  // A module may print while it is imported.
  const line = result.stdout.split("\n").findLast((text) => text.startsWith("{")) ?? "";
  try {
    return factsForm.parse(JSON.parse(line));
  } catch {
    return result.stderr.split("\n").slice(-8).join("\n") || `${path}/bin/python says nothing`;
  }
}

async function checkPrefix(stage: Stage, packages: readonly Subject[], path: string): Promise<StepResult> {
  const shipped = new Set(packages.flatMap(({ files }) => files));
  const there = snapshotTree(join(stage.machine.root, path), []);
  const foreign = [...there]
    .filter(([file, line]) => !line.startsWith("directory") && !shipped.has(`${path}${file}`))
    .map(([file]) => `${path}${file}`);
  return foreign.length > 0 ? fail(`written by the program: ${foreign.slice(0, 10).join(", ")}`) : pass();
}
