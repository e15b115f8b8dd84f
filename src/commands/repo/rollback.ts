import { defineCommand } from "../types.ts";
import { publishIn } from "./publish.ts";
import { PUBLISH_OPTIONS, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo rollback`: a former release, published anew. */
export const repoRollback = defineCommand({
  name: "repo rollback",
  summary: "Publish what a former release of a suite listed",
  operands: [URL_OPERAND, { name: "suite", describe: "Suite", count: "one" }],
  options: {
    to: { type: "text", describe: "Identifier of a release", fallback: "the one before" },
    list: { type: "flag", describe: "List the releases that are kept" },
    ...PUBLISH_OPTIONS,
  },
  examples: [
    { command: "repo rollback ./apt stable", says: "Undo the last change" },
    { command: "repo rollback ./apt stable --list", says: "See what there is to go back to" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", suite = ""] = operands;
    const { rollBack, listReleases } = await import("../../repository/operations/rollback.ts");
    const { to } = options;
    if (options.list) {
      const { openRepository } = await import("../../repository/open.ts");
      const releases = await listReleases(await openRepository(url, context.host), suite);
      const lines = releases.map(({ id, isHead }) => `${id}${isHead ? " (now)" : ""}\n`);
      context.write(options.json ? `${JSON.stringify(releases, undefined, 2)}\n` : lines.join(""));
      return 0;
    }
    return publishIn({ url, title: `Roll ${suite} back`, options, context }, async (repository, publish) => [
      await rollBack(repository, { ...publish, suite, ...(to === undefined ? {} : { to }) }),
    ]);
  },
});
