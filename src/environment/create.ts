import { dirname, join } from "node:path";
import { mkdir, rm } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { runChild, systemEnvironment } from "./child.ts";

/**
 * Makes an empty virtual environment with the standard library's `venv` of exactly this interpreter (PEP 405). Needs
 * no python3-venv: nothing is installed into it. `bin/python3.X` links to `/usr/bin/python3.X`.
 * @throws VenvdebError INSTALL_VENV_FAILED
 */
export async function createEnvironment(
  path: string,
  interpreter: InterpreterFacts,
  host: Host,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await runChild(
    interpreter.path,
    ["-I", "-m", "venv", "--without-pip", "--symlinks", path],
    systemEnvironment(host),
    {
      failure: {
        code: "INSTALL_VENV_FAILED",
        doing: `make a virtual environment with ${interpreter.path}`,
        hint: () => `apt-get install python${interpreter.minor}`,
      },
    },
  );
  await removeLitter(path);
}

/**
 * Takes out what serves only the place where an environment was made: the installers' marks, and the activation
 * script for PowerShell, which Debian does not have.
 */
export async function removeLitter(environment: string): Promise<void> {
  for (const name of [".gitignore", "CACHEDIR.TAG", ".lock", "bin/Activate.ps1"])
    await rm(join(environment, name), { force: true });
}
