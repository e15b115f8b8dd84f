import { resolve } from "node:path";
import { defineCommand } from "./types.ts";

/** `venvdeb check`: what is wrong with finished packages; exit code 1 when something is an error. */
export const check = defineCommand({
  name: "check",
  summary: "Look for mistakes, leaks and damage in finished packages",
  operands: { name: "deb", describe: "Package file", count: "at least one" },
  options: {
    lintian: { type: "flag", describe: "Fail when lintian is not installed, instead of going without it" },
    json: { type: "flag", describe: "Print the findings as JSON" },
  },
  examples: [{ command: "check dist/hello-web_1.0.0-1_all.deb", says: "Check one package" }],
  handler: async ({ options, operands, context }) => {
    const [{ checkPackage }, { renderTable }] = await Promise.all([
      import("../check/check.ts"),
      import("./table.ts"),
    ]);
    const checked = [];
    for (const deb of operands) {
      const path = resolve(context.host.cwd, deb);
      const findings = await context.reporter.step(`Checking ${deb}`, () =>
        checkPackage(path, { host: context.host, lintian: options.lintian }),
      );
      checked.push({ path, findings });
    }
    const findings = checked.flatMap((each) => each.findings);
    if (options.json) context.write(`${JSON.stringify(checked, undefined, 2)}\n`);
    else
      context.write(
        renderTable(
          findings.map(({ severity, code, path, message }) => [severity, code, path ?? "", message]),
        ),
      );
    return findings.some(({ severity }) => severity === "error") ? 1 : 0;
  },
});
