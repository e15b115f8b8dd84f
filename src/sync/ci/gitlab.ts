import type { SyncPlan } from "../types.ts";
import { quoteShell } from "../../system/quote.ts";
import { pipelineCells, type Cell } from "./cells.ts";
import {
  buildCommands,
  FOLDERS,
  pipelineHeader,
  planCommands,
  prepareCommands,
  PREPARE_NODE,
  publishCommands,
  type PipelineOptions,
} from "./commands.ts";
import { renderYaml, type YamlMap } from "./yaml.ts";

/** Jobs of one `parallel:matrix` (GitLab CI/CD YAML reference). */
const MOST_CELLS = 200;

/** A pipeline of GitLab CI that plans, and starts another one for what the plan asks for. */
export function renderGitlabPipeline(options: PipelineOptions): string {
  const fleet = quoteShell(options.fleet);
  const pipeline = {
    stages: ["plan", "packages"],
    plan: {
      stage: "plan",
      image: "node:22-bookworm",
      variables: FOLDERS,
      cache: { key: "venvdeb-vcs", paths: [".venvdeb/cache/vcs"] },
      script: [
        options.install,
        `${planCommands(options)}venvdeb ci gitlab ${fleet} --from plan.json --install ${quoteShell(options.install)} > packages.yml\n`,
      ],
      artifacts: { paths: ["plan.json", "packages.yml", "previous"], expire_in: "1 week" },
    },
    packages: {
      stage: "packages",
      needs: ["plan"],
      variables: { PARENT_PIPELINE_ID: "$CI_PIPELINE_ID" },
      trigger: { include: [{ artifact: "packages.yml", job: "plan" }], strategy: "depend" },
    },
  };
  return `${pipelineHeader("gitlab", options)}${renderYaml(pipeline)}`;
}

/** The pipeline of one plan: a matrix of jobs that build, and one that publishes whatever was built. */
export function renderGitlabChild(plan: SyncPlan, options: PipelineOptions): string {
  const cells = pipelineCells(plan, MOST_CELLS);
  const builds = [...new Set(cells.map(({ target }) => target))].map(
    (target) =>
      [
        `build ${target}`,
        buildJob(
          cells.filter((cell) => cell.target === target),
          options,
        ),
      ] as const,
  );
  const pipeline = {
    stages: ["build", "publish"],
    variables: FOLDERS,
    ...Object.fromEntries(builds),
    publish: publishJob(
      builds.map(([name]) => name),
      options,
    ),
  };
  return `${pipelineHeader("gitlab", options)}${renderYaml(pipeline)}`;
}

const PLAN = { pipeline: "$PARENT_PIPELINE_ID", job: "plan" } as const;

function buildJob(cells: readonly Cell[], options: PipelineOptions): YamlMap {
  const { image = "", architecture = "" } = cells[0] ?? {};
  return {
    stage: "build",
    image,
    ...tagsFor(architecture),
    needs: [PLAN],
    parallel: { matrix: cells.map(({ name, jobs }) => ({ NAME: name, JOBS: jobs })) },
    cache: { key: `venvdeb-${image.replace(":", "-")}-${architecture}`, paths: [".venvdeb/cache"] },
    script: [`${prepareCommands(options)}${PREPARE_NODE}`, options.install, buildCommands(options)],
    artifacts: { when: "always", paths: ["incoming", ".venvdeb/state/sync/*/logs"], expire_in: "1 week" },
  };
}

/** Machines of the vendor have amd64 without a tag. */
function tagsFor(architecture: string): YamlMap {
  return architecture === "amd64"
    ? {}
    : { tags: [{ arm64: "saas-linux-small-arm64" }[architecture] ?? `debian-${architecture}`] };
}

/** A build that failed must not keep the others away: it runs whatever became of them. */
function publishJob(builds: readonly string[], options: PipelineOptions): YamlMap {
  return {
    stage: "publish",
    image: "node:22-bookworm",
    when: "always",
    resource_group: "packages",
    needs: [PLAN, ...builds.map((job) => ({ job, artifacts: true }))],
    script: [options.install, publishCommands(options)],
  };
}
