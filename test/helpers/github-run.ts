import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { copyInto, type Stage } from "./pipelines.ts";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
}

interface Job {
  readonly steps: readonly Step[];
  readonly container?: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

export interface GithubWorkflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: { readonly plan: Job; readonly build: Job; readonly publish: Job };
}

type Values = Readonly<Record<string, string>>;

/**
 * Acts out a workflow of ours as GitHub would: every `run` as it stands, artefacts between the jobs, and nothing of
 * other actions. Gives the matrix that was built, with whether each cell went well, and whether all was published.
 */
export async function runGithub(
  workflow: GithubWorkflow,
  scene: Stage,
  secrets: Values,
): Promise<{ readonly cells: readonly boolean[]; readonly published: boolean }> {
  const plan = await runJob(workflow, workflow.jobs.plan, scene, { secrets });
  const { cells = "0", matrix = "{}" } = plan.outputs;
  const { include = [] }: { include?: Values[] } = JSON.parse(matrix);
  const done: boolean[] = [];
  if (cells !== "0")
    for (const cell of include)
      done.push((await runJob(workflow, workflow.jobs.build, scene, { cell, secrets })).ok);
  const { ok } = await runJob(workflow, workflow.jobs.publish, scene, { secrets });
  return { cells: done, published: plan.ok && ok };
}

async function runJob(
  { env }: GithubWorkflow,
  job: Job,
  scene: Stage,
  { cell = {}, secrets }: { readonly cell?: Values; readonly secrets: Values },
): Promise<{ readonly ok: boolean; readonly outputs: Values }> {
  const cwd = await scene.checkOut();
  const outputFile = join(cwd, ".github-output");
  await writeFile(outputFile, "");
  const fill = (text: string): string =>
    text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_whole, name: string) => {
      if (name === "github.workspace") return cwd;
      const [kind, key = ""] = name.split(".");
      return (kind === "matrix" ? cell[key] : kind === "secrets" ? secrets[key] : "") ?? "";
    });
  let ok = true;
  for (const step of job.steps) {
    const { if: condition = "" } = step;
    const wants = ok ? condition !== "failure()" : /cancelled|failure/.test(condition);
    if (!wants) continue;
    const variables = Object.entries({ ...env, ...step.env }).map(
      ([key, text]) => [key, fill(text)] as const,
    );
    const filled = { ...Object.fromEntries(variables), GITHUB_OUTPUT: outputFile };
    if (step.run !== undefined)
      ok =
        (await scene.run(job.container === undefined ? "bash" : "sh", fill(step.run), {
          cwd,
          env: filled,
        })) && ok;
    else await runAction(step, cwd, scene, fill);
  }
  const lines = (await readFile(outputFile, "utf8")).split("\n").filter((line) => line.includes("="));
  const outputs = lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return { ok, outputs: Object.fromEntries(outputs) };
}

async function runAction(
  { uses = "", with: settings = {} }: Step,
  cwd: string,
  { folder }: Stage,
  fill: (text: string) => string,
): Promise<void> {
  const [name, path, pattern] = ["name", "path", "pattern"].map((key) => fill(String(settings[key] ?? "")));
  const artefacts = join(folder, "artefacts");
  if (uses.startsWith("actions/upload-artifact@")) {
    const paths = (path ?? "").split("\n").filter((line) => line !== "");
    // Of several, their common folder is the artefact's root.
    const place = (one: string) => (paths.length > 1 && one.endsWith("/") ? one : "");
    for (const one of paths) await upload(join(cwd, one), join(artefacts, name ?? "", place(one)));
  }
  if (!uses.startsWith("actions/download-artifact@")) return;
  const head = (pattern ?? "").replace("*", "");
  for (const each of await readdir(artefacts))
    if (pattern === "" ? each === name : each.startsWith(head))
      await copyInto(join(artefacts, each), join(cwd, path ?? ""));
}

/** A folder's content; with a star, that of the folder that stands for it; or a file. */
async function upload(path: string, artefact: string): Promise<void> {
  if (path.endsWith("/")) {
    const [before, after] = path.split("/*/");
    if (after === undefined) return await copyInto(path, artefact);
    for (const name of await readdir(before ?? "").catch(() => []))
      await copyInto(join(before ?? "", name, after), artefact);
    return;
  }
  await mkdir(artefact, { recursive: true });
  await cp(path, join(artefact, path.slice(dirname(path).length + 1)));
}
