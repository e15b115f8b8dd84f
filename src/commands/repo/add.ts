import { defineCommand } from "../types.ts";
import { publishIn } from "./publish.ts";
import { PUBLISH_OPTIONS, SUITE_OPERAND, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo add`: packages into a suite. */
export const repoAdd = defineCommand({
  name: "repo add",
  summary: "Add packages to a suite",
  operands: [
    URL_OPERAND,
    SUITE_OPERAND,
    { name: "file", describe: "Package, or folder of packages", count: "at least one" },
  ],
  options: {
    phased: { type: "count", minimum: 0, describe: "Offer it to this part of the machines, in percent" },
    ...PUBLISH_OPTIONS,
  },
  examples: [
    { command: "repo add ./apt stable shop.deb", says: "One package" },
    { command: "repo add s3://bucket/apt testing/main dist", says: "Every package of a folder" },
    { command: "repo add ./apt stable shop.deb --phased 10", says: "To a tenth of the machines first" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", target = "", ...paths] = operands;
    const { addPackages } = await import("../../repository/operations/add.ts");
    const { host } = context;
    const { phased } = options;
    return publishIn(
      { url, title: "Add packages", options, context },
      async (repository, publish, detail) => [
        await addPackages(repository, {
          ...publish,
          target,
          paths,
          cwd: host.cwd,
          jobs: Math.max(2, host.cores),
          ...(phased === undefined ? {} : { phased }),
          onPlaced: (done, total) => detail("reading packages", done, total),
        }),
      ],
    );
  },
});
