import type { PublishContext } from "../queue/publish-job.ts";
import { FLEET_OPERAND, QUEUE_OPTIONS, withFleetQueues } from "./queue/shared.ts";
import { signerOptions } from "./repo/signing.ts";
import { SIGNING_OPTIONS } from "./repo/shared.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb worker`: builds, and publishes, what is in the queue. */
export const worker = defineCommand({
  name: "worker",
  summary: "Build what is in the queue of a fleet, until it is stopped",
  operands: FLEET_OPERAND,
  options: {
    ...QUEUE_OPTIONS,
    builds: { type: "count", minimum: 0, describe: "Builds at once", fallback: "as cores and memory carry" },
    publish: { type: "flag", describe: "Publish too: needs the repository and its keys" },
    lease: {
      type: "count",
      default: 30,
      describe: "Seconds after which the builds of a worker that says nothing are another one's",
    },
    ...SIGNING_OPTIONS,
  },
  examples: [
    { command: "worker fleet.toml", says: "Build for the release of this machine" },
    {
      command: "worker fleet.toml --builds 0 --publish",
      says: "Only publish, on the one machine that has the keys",
    },
  ],
  handler: async ({ options, operands, context }) =>
    await withFleetQueues(operands[0] ?? "", options, { context, patient: true }, async (open) => {
      const [{ runWorker }, { refreshPage, warnOfKeys }] = await Promise.all([
        import("../queue/worker.ts"),
        import("./repo/after-publishing.ts"),
      ]);
      const { host, reporter } = context;
      const { builds, lease, publish } = options;
      const publishes = {
        signing: signerOptions(options),
        onPublished: async (...[repository, { published }]: Published) => {
          if (!published.some(({ outcome }) => outcome === "published")) return;
          await warnOfKeys(repository, reporter);
          await refreshPage(repository, reporter);
        },
      };
      await runWorker(open.fleet, {
        ...open,
        host,
        reporter,
        lease,
        ...(builds === undefined ? {} : { builds }),
        ...(publish ? { publishes } : {}),
      });
      return 0;
    }),
});

type Published = Parameters<PublishContext["onPublished"]>;
