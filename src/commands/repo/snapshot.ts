import { VenvdebError } from "../../errors.ts";
import { defineCommand } from "../types.ts";
import { JSON_OPTION, URL_OPERAND } from "./shared.ts";

/** `venvdeb repo snapshot`: a release that stays. */
export const repoSnapshot = defineCommand({
  name: "repo snapshot",
  summary: "Keep the release that a suite has now, for apt's --snapshot",
  operands: [URL_OPERAND, { name: "suite", describe: "Suite", count: "optional" }],
  options: {
    id: { type: "text", describe: "Its name", fallback: "the release's identifier" },
    list: { type: "flag", describe: "List the snapshots that there are" },
    ...JSON_OPTION,
  },
  examples: [
    { command: "repo snapshot ./apt stable --id 2026-q4", says: "Then: apt-get --snapshot 2026-q4 …" },
    { command: "repo snapshot ./apt --list", says: "Those that there are" },
  ],
  handler: async ({ options, operands, context }) => {
    const [url = "", suite] = operands;
    const [{ openRepository }, { createSnapshot, listSnapshots }] = await Promise.all([
      import("../../repository/open.ts"),
      import("../../repository/operations/snapshot.ts"),
    ]);
    const repository = await openRepository(url, context.host);
    if (!options.list && suite === undefined) throw noSuite();
    const all = await listSnapshots(repository);
    const snapshots =
      options.list || suite === undefined
        ? all.filter((each) => suite === undefined || each.suite === suite)
        : [
            await context.reporter.step("Make the snapshot", async () =>
              createSnapshot(repository, suite, options.id),
            ),
          ];
    context.write(
      options.json
        ? `${JSON.stringify(snapshots, undefined, 2)}\n`
        : snapshots.map(({ id, suite: name }) => `${name} ${id}\n`).join(""),
    );
    return 0;
  },
});

function noSuite(): VenvdebError {
  return new VenvdebError(
    "USAGE_INVALID",
    "Cannot make a snapshot: no suite is named (or --list is wanted)",
    {
      exitCode: 2,
      hint: "venvdeb repo snapshot --help",
    },
  );
}
