import type { Verification } from "../../repository/operations/verify.ts";
import { defineCommand } from "../types.ts";
import { JSON_OPTION, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo verify`: everything that a client could ask for; exit code 1 when something is wrong. */
export const repoVerify = defineCommand({
  name: "repo verify",
  summary: "Check signatures, indexes and packages by size and hash",
  operands: [URL_OPERAND],
  options: {
    quick: { type: "flag", describe: "Of packages the size alone" },
    ...JSON_OPTION,
  },
  examples: [
    { command: "repo verify ./apt", says: "After a restore, or from time to time" },
    { command: "repo verify s3://bucket/apt --quick --json", says: "Without reading the packages" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ openRepository }, { verifyRepository }] = await Promise.all([
      import("../../repository/open.ts"),
      import("../../repository/operations/verify.ts"),
    ]);
    const { host, reporter } = context;
    const repository = await openRepository(operands[0] ?? "", host);
    const found = await reporter.step("Verify the repository", async (progress) =>
      verifyRepository(repository, {
        quick: options.quick,
        jobs: Math.max(4, host.cores * 2),
        onProgress: (done, total) => progress("packages", done, total),
      }),
    );
    context.write(options.json ? `${JSON.stringify(found, undefined, 2)}\n` : renderVerification(found));
    return found.faults.length === 0 ? 0 : 1;
  },
});

function renderVerification({ faults, orphans, checked }: Verification): string {
  const lines = [
    ...faults.map(({ kind, path, problem }) => `${kind}: ${path}: ${problem}\n`),
    ...orphans.map((path) => `orphan: ${path}: no release names it\n`),
  ];
  const { suites, indexes, packages } = checked;
  const verdict = faults.length === 0 ? "nothing is wrong" : `${faults.length} faults`;
  return `${lines.join("")}suites: ${suites}, indexes: ${indexes}, packages: ${packages}: ${verdict}\n`;
}
