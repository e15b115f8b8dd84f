import type { SyncPlan } from "../types.ts";
import { pipelineCells, type Cell } from "./cells.ts";
import {
  buildCommands,
  pipelineHeader,
  planCommands,
  prepareCommands,
  publishCommands,
  type PipelineOptions,
} from "./commands.ts";
import { quoteShell } from "../../system/quote.ts";
import { renderYaml, type YamlMap } from "./yaml.ts";

/** Jobs of one matrix (GitHub Actions, "usage limits"). */
const MOST_CELLS = 256;

/**
 * A workflow of GitHub Actions: one job plans, a matrix of jobs builds what the plan asks for, one job at the end publishes
 * whatever was built. Only the last one has the repository's keys.
 */
export function renderGithubWorkflow(options: PipelineOptions): string {
  const workflow = {
    name: "packages",
    on: {
      push: { paths: [options.fleet.replace(/^\.\//, "")] },
      schedule: [{ cron: "17 * * * *" }],
      workflow_dispatch: {},
    },
    permissions: { contents: "read" },
    concurrency: { group: "packages", "cancel-in-progress": false },
    env: {
      VENVDEB_CACHE_DIR: "${{ github.workspace }}/.venvdeb/cache",
      VENVDEB_STATE_DIR: "${{ github.workspace }}/.venvdeb/state",
    },
    jobs: { plan: planJob(options), build: buildJob(options), publish: publishJob(options) },
  };
  return `${pipelineHeader("github", options)}${renderYaml(workflow)}`;
}

/** Lines for `$GITHUB_OUTPUT`: the matrix of a plan, and whether there is anything to build. */
export function renderGithubMatrix(plan: SyncPlan): string {
  const cells = pipelineCells(plan, MOST_CELLS);
  const include = cells.map(({ name, image, architecture, jobs }) => ({
    name,
    image,
    runner: runnerFor(architecture),
    jobs,
  }));
  return `cells=${cells.length}\nmatrix=${JSON.stringify({ include })}\n`;
}

/** The vendor's own machines, else one of the user's with a label. */
function runnerFor(architecture: Cell["architecture"]): string {
  return { amd64: "ubuntu-24.04", arm64: "ubuntu-24.04-arm" }[architecture] ?? `debian-${architecture}`;
}

const STORE = {
  AWS_ACCESS_KEY_ID: "${{ secrets.AWS_ACCESS_KEY_ID }}",
  AWS_SECRET_ACCESS_KEY: "${{ secrets.AWS_SECRET_ACCESS_KEY }}",
  AWS_REGION: "${{ vars.AWS_REGION }}",
} as const;

function planJob(options: PipelineOptions): YamlMap {
  return {
    "runs-on": "ubuntu-24.04",
    outputs: { cells: "${{ steps.plan.outputs.cells }}", matrix: "${{ steps.plan.outputs.matrix }}" },
    steps: [
      ...versionControl(options),
      ...begin(options),
      cache(".venvdeb/cache/vcs", "venvdeb-vcs"),
      {
        name: "Plan",
        id: "plan",
        env: STORE,
        run: `${planCommands(options)}venvdeb ci github ${quoteShell(options.fleet)} --from plan.json >> "$GITHUB_OUTPUT"\n`,
      },
      upload("plan", "plan.json\nprevious/\n"),
    ],
  };
}

function buildJob(options: PipelineOptions): YamlMap {
  return {
    name: "${{ matrix.name }}",
    needs: "plan",
    if: "needs.plan.outputs.cells != '0'",
    strategy: { "fail-fast": false, matrix: "${{ fromJSON(needs.plan.outputs.matrix) }}" },
    "runs-on": "${{ matrix.runner }}",
    container: "${{ matrix.image }}",
    permissions: { contents: "read", "id-token": "write", attestations: "write" },
    steps: [
      { name: "Install build tools", run: prepareCommands(options) },
      ...begin(options),
      download({ name: "plan" }),
      cache(".venvdeb/cache", "venvdeb-${{ matrix.image }}-${{ runner.arch }}"),
      {
        name: "Build",
        env: { JOBS: "${{ matrix.jobs }}", ...cacheSecrets(options) },
        run: buildCommands(options),
      },
      {
        name: "Attest",
        if: "github.event.repository.private == false",
        uses: "actions/attest-build-provenance@v2",
        with: { "subject-path": "incoming/*/*.deb" },
      },
      { ...upload("packages-${{ matrix.name }}", "incoming/"), if: "!cancelled()" },
      { ...upload("logs-${{ matrix.name }}", ".venvdeb/state/sync/*/logs/"), if: "failure()" },
    ],
  };
}

/** Not the repository's: who can write layers cannot publish. */
function cacheSecrets({ sharedCache }: PipelineOptions): YamlMap {
  if (sharedCache === undefined) return {};
  const key = { VENVDEB_SHARED_CACHE_KEY: "${{ secrets.VENVDEB_SHARED_CACHE_KEY }}" };
  if (!sharedCache.startsWith("s3:")) return key;
  return {
    ...key,
    AWS_ACCESS_KEY_ID: "${{ secrets.CACHE_AWS_ACCESS_KEY_ID }}",
    AWS_SECRET_ACCESS_KEY: "${{ secrets.CACHE_AWS_SECRET_ACCESS_KEY }}",
    AWS_REGION: "${{ vars.AWS_REGION }}",
  };
}

function publishJob(options: PipelineOptions): YamlMap {
  return {
    needs: ["plan", "build"],
    if: "!cancelled() && needs.plan.result == 'success'",
    "runs-on": "ubuntu-24.04",
    environment: "packages",
    steps: [
      ...begin(options),
      download({ name: "plan" }),
      download({ pattern: "packages-*", path: "incoming", "merge-multiple": true }),
      {
        name: "Publish",
        env: { VENVDEB_SIGNING_KEY: "${{ secrets.VENVDEB_SIGNING_KEY }}", ...STORE },
        run: publishCommands(options),
      },
    ],
  };
}

/** The vendor's machines have git. */
function versionControl({ tools }: PipelineOptions): YamlMap[] {
  const missing = tools.filter((tool) => tool !== "git");
  if (missing.length === 0) return [];
  const run = `sudo apt-get update\nsudo apt-get install --yes ${missing.join(" ")}\n`;
  return [{ name: "Install version control", run }];
}

function begin({ install }: PipelineOptions): YamlMap[] {
  return [
    { uses: "actions/checkout@v4", with: { "persist-credentials": false } },
    { uses: "actions/setup-node@v4", with: { "node-version": "22" } },
    { name: "Install venvdeb", run: `${install}\n` },
  ];
}

/** One key a run, and the newest one before: an entry is never written twice. */
function cache(path: string, key: string): YamlMap {
  return {
    uses: "actions/cache@v4",
    with: { path, key: `${key}-\${{ github.run_id }}`, "restore-keys": `${key}-` },
  };
}

/** The folder's name begins with a dot: without the last setting nothing would be taken. */
function upload(name: string, path: string): YamlMap {
  return {
    uses: "actions/upload-artifact@v4",
    with: { name, path, "if-no-files-found": "ignore", "include-hidden-files": true, "retention-days": 7 },
  };
}

function download(settings: YamlMap): YamlMap {
  return { uses: "actions/download-artifact@v4", with: settings };
}
