import { renderBytes } from "../table.ts";
import { defineCommand } from "../types.ts";
import { publishIn } from "./publish.ts";
import { PUBLISH_OPTIONS, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo retain`: old versions out of the suites, and what nothing names out of the store. */
export const repoRetain = defineCommand({
  name: "repo retain",
  summary: "Take old versions out, and delete files that nothing names any more",
  operands: [URL_OPERAND, { name: "suite", describe: "Suite", count: "optional", fallback: "all" }],
  options: {
    versions: { type: "count", describe: "Keep this many versions of each package" },
    days: { type: "count", describe: "Keep versions that are not older" },
    ...PUBLISH_OPTIONS,
  },
  examples: [
    { command: "repo retain ./apt testing --versions 5", says: "Five versions of each package" },
    { command: "repo retain ./apt --dry-run", says: "See what the repository's own rule would do" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", suite] = operands;
    const { retainPackages } = await import("../../repository/operations/retain.ts");
    const { versions, days } = options;
    return publishIn(
      { url, title: "Retain packages", options, context, isFresh: true },
      async (repository, publish) => {
        const { suites, collected } = await retainPackages(repository, {
          ...publish,
          ...(suite === undefined ? {} : { suite }),
          ...(versions === undefined ? {} : { versions }),
          ...(days === undefined ? {} : { days }),
        });
        const { paths, bytes } = collected;
        const verb = options["dry-run"] ? "Would delete" : "Deleted";
        context.reporter.info(`${verb} ${paths.length} files that nothing names (${renderBytes(bytes)})`);
        return suites;
      },
    );
  },
});
