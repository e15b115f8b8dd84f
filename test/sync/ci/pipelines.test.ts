import { join } from "node:path";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { pipelineCells } from "../../../src/sync/ci/cells.ts";
import { renderGithubMatrix, renderGithubWorkflow } from "../../../src/sync/ci/github.ts";
import { renderGitlabChild, renderGitlabPipeline } from "../../../src/sync/ci/gitlab.ts";
import type { SyncJob, SyncPlan } from "../../../src/sync/types.ts";
import { newestDropsConffile, withConffile } from "../../helpers/dropped-conffile.ts";
import { projectRepository, smallProject, testFleet } from "../../helpers/fleet.ts";
import { runGithub, type GithubWorkflow } from "../../helpers/github-run.ts";
import { runGitlab, type GitlabPipeline } from "../../helpers/gitlab-run.ts";
import { readYaml, schemaProblems, stage } from "../../helpers/pipelines.ts";
import { head, plan } from "../../helpers/sync-plan.ts";
import { tempFiles } from "../../helpers/temp-files.ts";

const OPTIONS = {
  fleet: "our fleet's.toml",
  install: "npm install --global venvdeb@1.2.3",
  tools: ["git", "mercurial", "subversion"],
};

/** A plan with so many jobs to build for each target. */
function planOf(counts: Readonly<Record<string, number>>): SyncPlan {
  const made = plan([head("a")]);
  const [job] = made.jobs;
  if (job === undefined) throw new Error("no job");
  let number = 0;
  const jobs = Object.entries(counts).flatMap(([target, count]) =>
    Array.from({ length: count }, (): SyncJob => {
      const key = (++number).toString(16).padStart(8, "0").padEnd(64, "0");
      return Object.assign({}, job, { key, target, action: "build" });
    }),
  );
  return { ...made, jobs };
}

const LARGE = planOf({ "debian:bookworm/amd64": 900, "debian:trixie/arm64": 3, "ubuntu:noble/riscv64": 1 });

describe("a pipeline fits the schema that its vendor publishes", () => {
  it.each([
    ["github", "the workflow", renderGithubWorkflow(OPTIONS)],
    [
      "github",
      "the workflow with a shared cache",
      renderGithubWorkflow({ ...OPTIONS, sharedCache: "s3://builds/layers" }),
    ],
    ["gitlab", "the pipeline", renderGitlabPipeline(OPTIONS)],
    ["gitlab", "the pipeline of a large plan", renderGitlabChild(LARGE, OPTIONS)],
    ["gitlab", "the pipeline of a plan without work", renderGitlabChild(planOf({}), OPTIONS)],
  ] as const)("of %s: %s", { timeout: 180_000 }, async (vendor, _what, text) => {
    const folder = await tempFiles({ "pipeline.yml": text });
    expect(await schemaProblems(vendor, join(folder, "pipeline.yml"))).toBe("");
  });

  it("and the check would say if it did not", async () => {
    const broken = { github: "runs-on", gitlab: "stage" };
    const text = { github: renderGithubWorkflow(OPTIONS), gitlab: renderGitlabPipeline(OPTIONS) };
    for (const vendor of ["github", "gitlab"] as const) {
      const folder = await tempFiles({
        "pipeline.yml": text[vendor].replaceAll(`${broken[vendor]}: `, `${broken[vendor]}: 7 # `),
      });
      expect(await schemaProblems(vendor, join(folder, "pipeline.yml"))).not.toBe("");
    }
  });
});

it("a pipeline brings the version control of its fleet, where the machine has it not", () => {
  const workflow = renderGithubWorkflow(OPTIONS);
  expect(workflow).toContain("sudo apt-get install --yes mercurial subversion");
  expect(workflow).toMatch(/--no-install-recommends .* git mercurial subversion$/m);
  expect(renderGitlabChild(LARGE, OPTIONS)).toMatch(/--no-install-recommends .* git mercurial subversion$/m);
  expect(renderGithubWorkflow({ ...OPTIONS, tools: ["git"] })).not.toMatch(/sudo|mercurial/);
});

/** The secrets that build jobs get. */
function buildSecrets(sharedCache?: string): string[] {
  const text = renderGithubWorkflow({ ...OPTIONS, ...(sharedCache === undefined ? {} : { sharedCache }) });
  const [, build = ""] = /^ {2}build:\n([^]*?)^ {2}publish:\n/m.exec(text) ?? [];
  return [...build.matchAll(/secrets\.(\w+)/g)].map(([, name = ""]) => name);
}

it("only builds get the secrets of a shared cache, and none of the repository's", () => {
  expect(buildSecrets()).toEqual([]);
  expect(buildSecrets("https://cache.example.com/")).toEqual(["VENVDEB_SHARED_CACHE_KEY"]);
  expect(buildSecrets("s3://builds/layers")).toEqual([
    "VENVDEB_SHARED_CACHE_KEY",
    "CACHE_AWS_ACCESS_KEY_ID",
    "CACHE_AWS_SECRET_ACCESS_KEY",
  ]);
});

describe("the cells of a matrix", () => {
  it.each([1, 3, 4, 200, 256])("are at most %d, or one for each target, and have every job once", (limit) => {
    const cells = pipelineCells(LARGE, limit);
    expect(cells.length).toBeLessThanOrEqual(Math.max(limit, 3));
    const keys = cells.flatMap(({ jobs }) => jobs.split(" "));
    expect(keys).toHaveLength(904);
    expect(new Set(keys).size).toBe(904);
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length);
  });

  it("are the same number of GitHub's own limit, with a runner for each architecture", () => {
    const [, matrix = ""] = /^matrix=(.*)$/m.exec(renderGithubMatrix(LARGE)) ?? [];
    const { include }: { include: { runner: string }[] } = JSON.parse(matrix);
    expect(include.length).toBeLessThanOrEqual(256);
    expect(new Set(include.map(({ runner }) => runner))).toEqual(
      new Set(["ubuntu-24.04", "ubuntu-24.04-arm", "debian-riscv64"]),
    );
  });
});

/** Two sound projects and a broken one, in a fleet that publishes to a folder. */
async function scene() {
  const fleet = await testFleet();
  const [billing, mailer, broken] = [
    await projectRepository("billing", "v1.0.0"),
    await projectRepository("mailer"),
    await projectRepository("broken"),
  ];
  broken.commit("Break it", { "pyproject.toml": "[project\n" });
  mailer.commit("Settings", withConffile("mailer"));
  const sources = [billing, mailer, broken].map(
    ({ path }, index) =>
      `[[source]]\ngit = "${path}"\nname = "${["billing", "mailer", "broken"][index] ?? ""}"\n`,
  );
  const text = `[repository]
url = "${join(fleet.folder, "apt")}"
[defaults]
branches = { main = "testing" }
tags = { "v*" = "stable" }
${sources.join("")}`;
  await fleet.write(text);
  const made = await stage(fleet.folder, { "fleet.toml": text });
  const [keyFile = ""] = Object.values(await keyFiles(fleet.folder));
  return { fleet, broken, mailer, stage: made, secrets: { VENVDEB_SIGNING_KEY: keyFile } };
}

async function keyFiles(folder: string): Promise<string[]> {
  const keys = join(folder, "config/keys");
  return await Promise.all((await readdir(keys)).map(async (name) => readFile(join(keys, name), "utf8")));
}

describe("the very commands of a pipeline", () => {
  it(
    "of GitHub build every job, publish what went well, and tell what did not",
    { timeout: 900_000 },
    async () => {
      const { fleet, broken, mailer, stage: made, secrets } = await scene();
      const { stdout } = await fleet.run("ci", "github", "fleet.toml", "--install", "venvdeb --version");
      const workflow = await readYaml<GithubWorkflow>(stdout);
      const first = await runGithub(workflow, made, secrets);
      expect(first.cells, made.output.join("\n")).toEqual([true, true, false]);
      expect(first.published).toBe(false);
      expect((await fleet.listed("testing")).map((each) => each.split(" ")[0])).toEqual([
        "billing",
        "mailer",
      ]);
      expect(await fleet.listed("stable")).toEqual(["billing 1.0.0-1"]);
      broken.commit("Mend it", smallProject("broken", "well\n"));
      const second = await runGithub(workflow, made, secrets);
      expect(second, made.output.join("\n")).toMatchObject({ cells: [true], published: true });
      mailer.commit("Drop them", smallProject("mailer", "two\n"));
      expect(await runGithub(workflow, made, secrets)).toMatchObject({ cells: [true], published: true });
      expect(await newestDropsConffile(fleet, "mailer")).toBe(true);
      expect(await runGithub(workflow, made, secrets)).toMatchObject({ cells: [], published: true });
    },
  );

  it("of GitLab do so too", { timeout: 900_000 }, async () => {
    const { fleet, broken, mailer, stage: made, secrets } = await scene();
    const { stdout } = await fleet.run("ci", "gitlab", "fleet.toml", "--install", "venvdeb --version");
    const pipeline = await readYaml<GitlabPipeline>(stdout);
    const first = await runGitlab(pipeline, made, secrets);
    expect(first, made.output.join("\n")).toEqual({ builds: [true, true, false], published: false });
    expect((await fleet.listed("testing")).map((each) => each.split(" ")[0])).toEqual(["billing", "mailer"]);
    broken.commit("Mend it", smallProject("broken", "well\n"));
    mailer.commit("Drop them", smallProject("mailer", "two\n"));
    expect(await runGitlab(pipeline, made, secrets)).toEqual({ builds: [true, true], published: true });
    expect(await newestDropsConffile(fleet, "mailer")).toBe(true);
  });
});
