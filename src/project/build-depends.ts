import { VenvdebError } from "../errors.ts";
import { exec } from "../effects/exec.ts";

/**
 * Refuses to start a build whose `build-depends` are not installed.
 * @throws VenvdebError BUILD_DEPENDS_MISSING naming all of them, TOOL_MISSING
 */
export async function checkBuildDepends(packages: readonly string[]): Promise<void> {
  if (packages.length === 0) return;
  const { stdout } = await exec("dpkg-query", ["-W", "-f", "${db:Status-Abbrev} ${Package}\n", ...packages], {
    debianPackage: "dpkg",
  });
  const installed = new Set(stdout.split("\n").flatMap((line) => /^.i\S?\s+(\S+)$/.exec(line)?.[1] ?? []));
  const missing = packages.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  throw new VenvdebError(
    "BUILD_DEPENDS_MISSING",
    `Cannot build: ${missing.join(", ")} not installed (build-depends asks for ${missing.length === 1 ? "it" : "them"})`,
    { hint: `apt-get install ${missing.join(" ")}` },
  );
}
