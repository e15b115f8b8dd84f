import { quoteComment, quoteShell } from "../../system/quote.ts";

/** What the commands of a pipeline are made with. */
export interface PipelineOptions {
  /** Path of the fleet file in the repository of the pipeline. */
  readonly fleet: string;
  /** The command that brings venvdeb to a machine that has npm. */
  readonly install: string;
  /** Debian packages of the version controls that the fleet has. */
  readonly tools: readonly string[];
  /** Where builds share layers, as the fleet file has it. */
  readonly sharedCache?: string;
}

/** The very lines that a pipeline runs, whoever runs it. Builds get no credentials: the planner reads the repository for them. */
export function planCommands({ fleet }: PipelineOptions): string {
  return `venvdeb sync ${quoteShell(fleet)} --plan json --previous previous > plan.json\n`;
}

/** `JOBS` has the keys of the cell. */
export function buildCommands({ fleet }: PipelineOptions): string {
  return `set --
for job in $JOBS; do set -- "$@" --job "$job"; done
venvdeb sync ${quoteShell(fleet)} --from plan.json --previous previous --output incoming "$@"
`;
}

export function publishCommands({ fleet }: PipelineOptions): string {
  return `venvdeb sync ${quoteShell(fleet)} --from plan.json --publish incoming\n`;
}

/** On a fresh Debian or Ubuntu: what builds of Python projects need. */
export function prepareCommands({ tools }: PipelineOptions): string {
  // The vendor's own check-out wants git.
  const packages = [...BUILD_TOOLS, ...new Set(["git", ...tools])];
  return `apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages.join(" ")}
`;
}

const BUILD_TOOLS = [
  "build-essential",
  "ca-certificates",
  "python3-dev",
  "python3-pip",
  "python3-venv",
  "xz-utils",
] as const;

/** Where no action of the vendor brings Node.js: the release's own, and a newer one where that is too old. */
export const PREPARE_NODE = `command -v npm >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends nodejs npm
case "$(node --version)" in v1?.*) npm install --global node@20 && hash -r ;; esac
`;

/** The first line of what is written. */
export function pipelineHeader(vendor: string, { fleet }: PipelineOptions): string {
  return `# Written by "venvdeb ci ${vendor} ${quoteComment(fleet)}": run it again instead of editing this.\n`;
}

/** Where the caches of builds and their logs are, so that the vendor can keep them. */
export const FOLDERS = {
  VENVDEB_CACHE_DIR: "$CI_PROJECT_DIR/.venvdeb/cache",
  VENVDEB_STATE_DIR: "$CI_PROJECT_DIR/.venvdeb/state",
} as const;
