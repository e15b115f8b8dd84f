import { FLEET_OPERAND, QUEUE_OPTIONS, withFleetQueues } from "./queue/shared.ts";
import { JSON_OPTION } from "./repo/shared.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb status`: what is in the queue, as text, JSON or a web page. */
export const status = defineCommand({
  name: "status",
  summary: "Show what waits, runs, failed and was published",
  operands: FLEET_OPERAND,
  options: {
    ...QUEUE_OPTIONS,
    log: {
      type: "text",
      describe: "Print what this build has said; its key, or what it begins with",
      form: { pattern: /^[0-9a-f]{8,64}$/, wanted: "8 to 64 digits of a key" },
    },
    listen: {
      type: "text",
      describe: "Serve a web page, and /metrics for Prometheus, at [ADDRESS:]PORT",
      form: { pattern: /^(?:[^\s/]+:)?\d{1,5}$/, wanted: "a port, or an address and a port" },
    },
    ...JSON_OPTION,
  },
  examples: [
    { command: "status fleet.toml", says: "How it goes" },
    { command: "status fleet.toml --log 3f2a1c9d", says: "The whole log of a build" },
    {
      command: "status fleet.toml --listen 9180",
      says: "A page at http://127.0.0.1:9180/, numbers at /metrics",
    },
  ],
  handler: async ({ options, operands, context }) => {
    return await withFleetQueues(
      operands[0] ?? "",
      options,
      { context, patient: false },
      async ({ fleet, queues, store }) => {
        const [{ readStatus }, run] = await Promise.all([
          import("../queue/status.ts"),
          import("./queue/show-status.ts"),
        ]);
        const source = { queues, store, read: async () => readStatus(queues, fleet.repository.url) };
        if (options.listen !== undefined) await run.servePage(options.listen, source, context);
        else if (options.log === undefined)
          context.write(run.renderStatus(await source.read(), options.json));
        else context.write(await run.findLog(options.log, source));
        return 0;
      },
    );
  },
});
