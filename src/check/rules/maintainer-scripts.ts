import { exec } from "../../effects/exec.ts";
import { error } from "../finding.ts";
import type { Finding, Rule } from "../types.ts";

/** Maintainer scripts begin with an interpreter; those for a shell are read by it without being run (Policy 6.1). */
export const maintainerScripts: Rule = async ({ archive }) => {
  const findings: Finding[] = [];
  for (const name of ["config", "preinst", "postinst", "prerm", "postrm"]) {
    const script = archive.controlFiles.get(name);
    if (script !== undefined) findings.push(...(await checkScript(name, script)));
  }
  return findings;
};

async function checkScript(name: string, script: Uint8Array): Promise<Finding[]> {
  const text = new TextDecoder().decode(script);
  const interpreter = /^#! *(\/[^\s]+)/.exec(text)?.[1];
  if (interpreter === undefined) return [error("script-interpreter", `${name} does not begin with #!/…`)];
  const shell = /\/(sh|dash|bash)$/.exec(interpreter)?.[1];
  if (shell === undefined) return [];
  const { exitCode, stderr } = await exec(shell === "bash" ? "bash" : "sh", ["-n"], {
    input: script,
    timeoutSeconds: 30,
  });
  return exitCode === 0 ? [] : [error("script-syntax", `${name}: ${stderr.trim().slice(0, 500)}`)];
}
