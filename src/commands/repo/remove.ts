import { defineCommand } from "../types.ts";
import { publishIn } from "./publish.ts";
import { PUBLISH_OPTIONS, SUITE_OPERAND, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo remove`: packages out of a suite. */
export const repoRemove = defineCommand({
  name: "repo remove",
  summary: "Take packages out of a suite",
  operands: [
    URL_OPERAND,
    SUITE_OPERAND,
    { name: "package", describe: "NAME, NAME=VERSION or NAME=VERSION:ARCH", count: "at least one" },
  ],
  options: PUBLISH_OPTIONS,
  examples: [
    { command: "repo remove ./apt testing shop=1.0-1", says: "One version" },
    { command: "repo remove ./apt testing shop --dry-run", says: "See what all its versions are" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", target = "", ...selectors] = operands;
    const { removePackages } = await import("../../repository/operations/remove.ts");
    return publishIn({ url, title: "Remove packages", options, context }, async (repository, publish) => [
      await removePackages(repository, { ...publish, target, selectors }),
    ]);
  },
});
