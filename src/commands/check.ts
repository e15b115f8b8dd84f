import { basename, resolve } from "node:path";
import type { Finding } from "../check/types.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb check`: what is wrong with finished packages; exit code 1 when something is an error. */
export const check = defineCommand({
  name: "check",
  summary: "Look for mistakes, leaks and damage in finished packages",
  operands: { name: "deb", describe: "Package file", count: "at least one" },
  options: {
    "skip-lintian": { type: "flag", describe: "Leave lintian out, which is asked too where it is installed" },
    json: { type: "flag", describe: "Print the findings as JSON" },
  },
  examples: [
    { command: "check dist/hello-web_1.0.0-1_all.deb", says: "Check one package" },
    { command: "check --json dist/*.deb", says: "Check several, for a program" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ checkPackage }, { renderTable }] = await Promise.all([
      import("../check/check.ts"),
      import("./table.ts"),
    ]);
    const { host, reporter } = context;
    const checked = [];
    for (const deb of operands) {
      const path = resolve(host.cwd, deb);
      const findings = await reporter.step(`Checking ${deb}`, () =>
        checkPackage(path, { host, lintian: !options["skip-lintian"] }),
      );
      checked.push({ path, findings });
    }
    if (options.json) context.write(`${JSON.stringify(checked, undefined, 2)}\n`);
    else context.write(renderTable(checked.flatMap(findingRows)));
    return checked.some(({ findings }) => findings.some(({ severity }) => severity === "error")) ? 1 : 0;
  },
});

function findingRows({ path, findings }: { path: string; findings: readonly Finding[] }): string[][] {
  return findings.map((finding) => [
    basename(path),
    finding.severity,
    finding.code,
    finding.path === undefined ? finding.message : `${finding.path}: ${finding.message}`,
  ]);
}
