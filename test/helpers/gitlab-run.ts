import { cp, mkdir, mkdtemp, readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { copyInto, readYaml, type Stage } from "./pipelines.ts";

interface Job {
  readonly script: readonly string[];
  readonly stage: string;
  readonly variables?: Values;
  readonly parallel?: { readonly matrix: readonly Values[] };
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string };
}

type Values = Readonly<Record<string, string>>;
export type GitlabPipeline = Readonly<Record<string, Job | Values | readonly string[]>>;

/**
 * Acts out a pipeline of ours as GitLab would: each job's script as it stands, in one shell, and the files that jobs hand
 * on. Gives what became of the jobs of the pipeline that the first one wrote.
 */
export async function runGitlab(
  pipeline: GitlabPipeline,
  scene: Stage,
  secrets: Values,
): Promise<{ readonly builds: readonly boolean[]; readonly published: boolean }> {
  const planned = await mkdtemp(join(scene.folder, "plan-"));
  if (!(await runJob(pipeline["plan"], {}, scene, { from: [], to: planned, secrets })))
    throw new Error("no plan");
  const child = await readYaml<GitlabPipeline>(await readFile(join(planned, "packages.yml"), "utf8"));
  const { variables } = child;
  const common = isValues(variables) ? variables : {};
  const brought = await mkdtemp(join(scene.folder, "brought-"));
  const builds: boolean[] = [];
  for (const job of Object.values(child)
    .filter(isJob)
    .filter(({ stage }) => stage === "build"))
    for (const cell of job.parallel?.matrix ?? [])
      builds.push(
        await runJob(job, { ...common, ...cell }, scene, { from: [planned], to: brought, secrets: {} }),
      );
  const from = [planned, brought];
  return { builds, published: await runJob(child["publish"], common, scene, { from, to: brought, secrets }) };
}

function isJob(value: GitlabPipeline[string] | undefined): value is Job {
  return typeof value === "object" && "script" in value;
}

function isValues(value: GitlabPipeline[string] | undefined): value is Values {
  return typeof value === "object" && !Array.isArray(value) && !("script" in value);
}

async function runJob(
  job: GitlabPipeline[string] | undefined,
  variables: Values,
  scene: Stage,
  { from, to, secrets }: { readonly from: readonly string[]; readonly to: string; readonly secrets: Values },
): Promise<boolean> {
  if (!isJob(job)) throw new Error("this is no job");
  const cwd = await scene.checkOut();
  for (const folder of from) await copyInto(folder, cwd);
  const values = Object.entries({ ...variables, ...job.variables, ...secrets });
  const env = Object.fromEntries(
    values.map(([key, text]) => [key, text.replaceAll("$CI_PROJECT_DIR", cwd)] as const),
  );
  const ok = await scene.run("sh", `${job.script.join("\n")}\n`, { cwd, env });
  const { paths = [], when } = job.artifacts ?? {};
  if (ok || when === "always") for (const path of paths) await handOn(cwd, path, to);
  return ok;
}

async function handOn(cwd: string, path: string, to: string): Promise<void> {
  const [before = "", after] = path.split("/*/");
  const names = after === undefined ? [path] : await readdir(join(cwd, before)).catch(() => []);
  for (const name of names) {
    const place = after === undefined ? name : join(before, name, after);
    await mkdir(dirname(join(to, place)), { recursive: true });
    await cp(join(cwd, place), join(to, place), { recursive: true }).catch(() => undefined);
  }
}
