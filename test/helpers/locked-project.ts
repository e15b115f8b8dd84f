import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { detectProject } from "../../src/project/detect.ts";
import { resolveLock } from "../../src/project/locks/resolve.ts";
import type { LockedDistribution } from "../../src/plan/types.ts";
import { BOOKWORM_PYTHON } from "./bookworm-python.ts";
import { askPython, pythonVenv } from "./python-venv.ts";

const run = promisify(execFile);

/** What is asked of a project besides its plain self. */
export interface Parts {
  readonly extras?: readonly string[];
  readonly groups?: readonly string[];
}

/** What we read from the lock of a project, for Debian 12. */
export async function readLock(
  directory: string,
  { extras = [], groups = [] }: Parts = {},
): Promise<readonly LockedDistribution[]> {
  const project = await detectProject(directory, { interpreter: "/usr/bin/python3.11" });
  return resolveLock(project, { target: { python: BOOKWORM_PYTHON }, extras, groups });
}

/** Names and versions: `flask 3.0`. */
export function namesOf(distributions: readonly LockedDistribution[]): readonly string[] {
  return distributions.map(({ name, version }) => `${name} ${version ?? "?"}`).sort();
}

/** Runs uv in a folder, without the settings of this machine's user. */
export async function uv(cwd: string, ...args: readonly string[]): Promise<string> {
  const program = join(await pythonVenv("uv"), "bin/uv");
  const env = { ...process.env, UV_PYTHON: "/usr/bin/python3.11", UV_NO_CONFIG: undefined };
  return (await run(program, args, { cwd, env, maxBuffer: 1 << 26 })).stdout;
}

/** What uv itself says is installed from the lock, markers evaluated by Python's packaging. */
export async function askUv(
  directory: string,
  { extras = [], groups = [] }: Parts = {},
): Promise<readonly string[]> {
  const parts = [...extras.map((extra) => `--extra=${extra}`), ...groups.map((group) => `--group=${group}`)];
  const options = ["--frozen", "--no-default-groups", "--no-hashes", "--no-annotate", "--no-header"];
  const text = await uv(directory, "export", "--quiet", "--no-emit-project", ...options, ...parts);
  const venv = await pythonVenv("packaging");
  return askPython(join(venv, "bin/python"), selectWithPackaging, {
    lines: text.split("\n").filter((line) => line !== ""),
    environment: BOOKWORM_PYTHON.markers,
  });
}

const selectWithPackaging = `
import json, sys
from packaging.requirements import Requirement
question = json.load(sys.stdin)
found = []
for line in question["lines"]:
    one = Requirement(line.removeprefix("-e "))
    if one.marker is None or one.marker.evaluate(question["environment"]):
        found.append(one.name + " " + (str(one.specifier).removeprefix("==") or "?"))
print(json.dumps(sorted(found)))
`;
