import { resolve } from "node:path";
import { VenvdebError } from "../errors.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb diff`: what an upgrade from one package to another would do. */
export const diff = defineCommand({
  name: "diff",
  summary: "Show what an upgrade from one package to another would do",
  operands: { name: "deb", describe: "The old package, then the new one", count: "at least one" },
  options: {
    files: { type: "flag", describe: "List every file that differs" },
    json: { type: "flag", describe: "Print it as JSON" },
  },
  examples: [
    { command: "diff shop_1.0-1_all.deb shop_1.1-1_all.deb", says: "Versions, files, hazards" },
    {
      command: "diff --json OLD NEW | jq .hazards",
      says: "Ask for one part of it",
    },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ diffPackages }, { renderDiff }] = await Promise.all([
      import("../versions/diff/diff.ts"),
      import("./render-diff.ts"),
    ]);
    const [old, current, another] = operands.map((operand) => resolve(context.host.cwd, operand));
    if (old === undefined || current === undefined || another !== undefined) throw notTwo(operands.length);
    const found = await diffPackages(old, current);
    context.write(
      options.json ? `${JSON.stringify(found, undefined, 2)}\n` : renderDiff(found, { files: options.files }),
    );
    return 0;
  },
});

function notTwo(count: number): VenvdebError {
  return new VenvdebError(
    "USAGE_INVALID",
    `Cannot read the command line: diff got ${count} packages (wanted: two, the old one and the new one)`,
    { hint: "venvdeb diff --help", exitCode: 2 },
  );
}
