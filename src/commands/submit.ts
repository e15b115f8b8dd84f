import { FLEET_OPERAND, openFleetQueues, QUEUE_OPTIONS } from "./queue/shared.ts";
import { JSON_OPTION } from "./repo/shared.ts";
import { defineCommand } from "./types.ts";

/** `venvdeb submit`: what `sync` would do, for workers to do. */
export const submit = defineCommand({
  name: "submit",
  summary: "Put what changed in version control into the queue, for workers to build and publish",
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
  handler: async ({ options, operands, context }) => {
    const { fleet, queues, store } = await openFleetQueues(operands[0] ?? "", options, {
      context,
      patient: options.wait,
    });
    const [{ submitFleet }, { tellSubmission, submissionJson }, { awaitPublication }] = await Promise.all([
      import("../queue/submit.ts"),
      import("./queue/render-submission.ts"),
      import("../queue/await-publication.ts"),
    ]);
    const { host, reporter } = context;
    const submission = await submitFleet(fleet, { host, reporter, queues, store });
    const isWhole = tellSubmission(submission, reporter);
    const { id, plan } = submission;
    const report =
      options.wait && id !== undefined ? await awaitPublication(queues, { id, tool: plan.tool }) : undefined;
    for (const each of report?.missing ?? [])
      reporter.warning(`${each} was not built`, "venvdeb status fleet.toml tells why");
    context.write(
      options.json
        ? submissionJson(submission, report)
        : (report?.suites ?? []).map((suite) => `${suite}\n`).join(""),
    );
    await queues.close();
    return isWhole && (report?.missing ?? []).length === 0 ? 0 : 1;
  },
});
