import { exec } from "../effects/exec.ts";
import { VenvdebError } from "../errors.ts";
import type { Finding } from "./types.ts";

/**
 * What lintian says of a package: its errors and warnings that no override explains. None where it is not installed.
 */
export async function runLintian(path: string): Promise<Finding[]> {
  try {
    const { exitCode, stdout, stderr } = await exec("lintian", ["--color", "never", "--", path]);
    const findings = stdout.split("\n").flatMap(parseLine);
    if (exitCode === 0 || findings.length > 0) return findings;
    return [{ severity: "warning", code: "lintian-failed", message: stderr.trim().slice(0, 500) }];
  } catch (error) {
    if (error instanceof VenvdebError && error.code === "TOOL_MISSING") return [];
    throw error;
  }
}

/** `E: package: tag details [file]` */
function parseLine(line: string): Finding[] {
  const [, letter, tag = "", details = ""] = /^([EW]): [^:]+: (\S+)(?: (.*))?$/.exec(line) ?? [];
  if (letter === undefined) return [];
  const [, said = "", file] = /^(.*?)(?: ?\[([^\]]+?)(?::\d+|\/)?\])?$/.exec(details.trim()) ?? [];
  const message = said === "" ? tag : `${tag}: ${said}`;
  return [
    {
      severity: letter === "E" ? "error" : "warning",
      code: `lintian-${tag}`,
      message,
      ...(file === undefined ? {} : { path: `/${file}` }),
    },
  ];
}
