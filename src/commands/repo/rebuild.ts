import { defineCommand } from "../types.ts";
import { publishIn } from "./publish.ts";
import { PUBLISH_OPTIONS, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo rebuild`: the indexes from the pool. */
export const repoRebuild = defineCommand({
  name: "repo rebuild",
  summary: "Make the indexes anew from the packages in the pool",
  operands: [URL_OPERAND],
  options: {
    suite: { type: "text", describe: "Put all of the pool there", fallback: "where each was listed" },
    ...PUBLISH_OPTIONS,
  },
  examples: [
    { command: "repo rebuild ./apt", says: "After indexes or releases were lost" },
    { command: "repo rebuild ./apt --suite stable", says: "When nothing but the pool is left" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = ""] = operands;
    const { rebuildRepository } = await import("../../repository/operations/rebuild.ts");
    const { suite } = options;
    return publishIn(
      { url, title: "Rebuild the repository", options, context, isFresh: true },
      async (repository, publish, detail) =>
        rebuildRepository(repository, {
          ...publish,
          ...(suite === undefined ? {} : { suite }),
          onRead: (done, total) => detail("reading the pool", done, total),
        }),
    );
  },
});
