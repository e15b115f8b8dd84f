import { FLEET_OPERAND, QUEUE_OPTIONS, withFleetQueues } from "./queue/shared.ts";
import { JSON_OPTION } from "./repo/shared.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb submit`: what `sync` would do, for workers to do. */
export const submit = defineCommand({
  name: "submit",
  summary: "Queue what changed, for workers to build and publish",
  operands: FLEET_OPERAND,
  options: {
    ...QUEUE_OPTIONS,
    wait: { type: "flag", describe: "Wait until it is published, and fail if anything was not" },
    ...JSON_OPTION,
  },
  examples: [
    { command: "submit fleet.toml", says: "Queue what changed; venvdeb status fleet.toml shows how it goes" },
    { command: "submit fleet.toml --wait", says: "And wait for it, as a script does" },
  ],
  handler: async ({ options, operands, context }) =>
    await withFleetQueues(operands[0] ?? "", options, { context, patient: options.wait }, async (open) => {
      const [{ submitFleet }, { tellMissing, tellSubmission, submissionText }, { awaitPublication }] =
        await Promise.all([
          import("../queue/submit.ts"),
          import("./queue/render-submission.ts"),
          import("../queue/await-publication.ts"),
        ]);
      const { host, reporter } = context;
      const submission = await submitFleet(open.fleet, { ...open, host, reporter });
      const isWhole = tellSubmission(submission, reporter);
      const { id, plan } = submission;
      const report =
        options.wait && id !== undefined
          ? await awaitPublication(open.queues, { id, tool: plan.tool })
          : undefined;
      const isBuilt = tellMissing(report, reporter);
      context.write(submissionText(submission, report, options.json));
      return isWhole && isBuilt ? 0 : 1;
    }),
});
