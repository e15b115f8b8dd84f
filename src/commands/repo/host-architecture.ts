import { exec } from "../../effects/exec.ts";
import type { Host } from "../../effects/host.ts";
import { VenvdebError } from "../../errors.ts";

/**
 * Debian's name of this machine's architecture.
 * @throws VenvdebError REPO_INCOMPLETE on a machine without dpkg
 */
export async function hostArchitecture(host: Pick<Host, "env">): Promise<string> {
  const { PATH } = host.env;
  try {
    const { stdout } = await exec("dpkg", ["--print-architecture"], { cleanEnv: true, env: { PATH } });
    return stdout.trim();
  } catch (cause) {
    throw new VenvdebError(
      "REPO_INCOMPLETE",
      "Cannot make a repository: --arch is not given, and this machine has no dpkg to ask",
      { exitCode: 2, hint: "--arch amd64 arm64", cause },
    );
  }
}
