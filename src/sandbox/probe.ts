import { exec } from "../effects/exec.ts";
import { pathExists } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import { backendSandbox, buildSandbox, scopedCommand } from "./bubblewrap.ts";
import type { Command, SandboxFacts } from "./types.ts";

/** Tries what of a sandbox this machine and user can have: what a kernel allows is written in too many places. */
export async function probeSandbox({ uid, env }: Pick<Host, "env" | "uid">): Promise<SandboxFacts> {
  return await withTempDir(async (temporary) => {
    const inside = (command: Command) =>
      attempt(
        buildSandbox(
          command,
          { temporary, hidden: [], readable: [], writable: [], masked: [] },
          { uid, cwd: "/" },
        ),
        env,
      );
    const isRoot = uid === 0;
    const problem = await inside(["true"]);
    if (problem !== undefined) return { works: false, problem, backends: "none", isRoot };
    const [full, same, scope] = await Promise.all([
      inside(backendSandbox(["true"], NOTHING, "full")),
      inside(backendSandbox(["true"], NOTHING, "same-processes")),
      findScope(uid, env),
    ]);
    const backends = full === undefined ? "full" : same === undefined ? "same-processes" : "none";
    return { works: true, backends, isRoot, ...(scope === undefined ? {} : { scope }) };
  });
}

/** Why a command does not end well; nothing when it does. */
async function attempt([program, ...args]: Command, env: Host["env"]): Promise<string | undefined> {
  try {
    const { exitCode, stderr } = await exec(program, args, {
      cleanEnv: true,
      env,
      timeoutSeconds: 20,
    });
    if (exitCode === 0) return undefined;
    return stderr.trim().split("\n").at(-1) ?? `${program} ended with exit code ${exitCode}`;
  } catch (error) {
    if (error instanceof VenvdebError && error.code === "TOOL_MISSING") return `${program} is not installed`;
    return messageOf(error);
  }
}

const NOTHING = { readable: [], writable: [] } as const;
const LITTLE = { seconds: 10, memory: 2 ** 28, processes: 100, disk: 2 ** 20 };

/** Where systemd runs, it makes control groups: root's own, and mostly each user's. */
async function findScope(uid: number, env: Host["env"]): Promise<SandboxFacts["scope"]> {
  if (!(await pathExists("/run/systemd/system"))) return undefined;
  const scope = uid === 0 ? "system" : "user";
  return (await attempt(scopedCommand(["true"], LITTLE, scope), env)) === undefined ? scope : undefined;
}
