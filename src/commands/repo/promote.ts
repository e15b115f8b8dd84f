import { defineCommand } from "../types.ts";
import { publishIn } from "./publish.ts";
import { PUBLISH_OPTIONS, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo promote`: the same files in another suite. */
export const repoPromote = defineCommand({
  name: "repo promote",
  summary: "List packages of one suite in another one, without building them again",
  operands: [
    URL_OPERAND,
    { name: "from", describe: "Suite that has them, or SUITE/COMPONENT", count: "one" },
    { name: "to", describe: "Suite that gets them, or SUITE/COMPONENT", count: "one" },
    { name: "package", describe: "NAME or NAME=VERSION", count: "any", fallback: "all" },
  ],
  options: {
    newest: { type: "flag", describe: "Of each package the newest version alone" },
    phased: { type: "count", minimum: 0, describe: "Offer it to this part of the machines, in percent" },
    ...PUBLISH_OPTIONS,
  },
  examples: [
    { command: "repo promote ./apt testing stable shop", says: "All its versions" },
    { command: "repo promote ./apt testing stable --newest", says: "What is newest of everything" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", from = "", to = "", ...selectors] = operands;
    const { promotePackages } = await import("../../repository/operations/promote.ts");
    const { newest, phased } = options;
    return publishIn({ url, title: "Promote packages", options, context }, async (repository, publish) => [
      await promotePackages(repository, {
        ...publish,
        from,
        to,
        selectors,
        newest,
        ...(phased === undefined ? {} : { phased }),
      }),
    ]);
  },
});
