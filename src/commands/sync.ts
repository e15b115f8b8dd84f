import { defineCommand } from "./types.ts";
import { SIGNING_OPTIONS } from "./repo/shared.ts";

/** `venvdeb sync`: from version control to the repository. */
export const sync = defineCommand({
  name: "sync",
  summary: "Build what changed in version control, and publish it",
  operands: { name: "fleet", describe: "Fleet file: what is built, and for which suites", count: "one" },
  options: {
    plan: { type: "text", choices: ["json"], describe: "Print what would be done as JSON, and do nothing" },
    explain: { type: "flag", describe: "Say of each job why it would run or not, and do nothing" },
    json: { type: "flag", describe: "Print what was done as JSON" },
    builds: { type: "count", describe: "Builds at once", fallback: "as cores and memory carry" },
    watch: { type: "flag", describe: "Go on, and look again from time to time" },
    interval: { type: "count", default: 300, describe: "Seconds between two looks, in the mean" },
    listen: {
      type: "text",
      describe: "Look at once on webhooks that come to [ADDRESS:]PORT",
      form: { pattern: /^(?:[^\s/]+:)?\d{1,5}$/, wanted: "a port, or an address and a port" },
    },
    "webhook-secret-file": {
      type: "text",
      describe: "File with the secret of the webhooks",
      fallback: "VENVDEB_WEBHOOK_SECRET",
    },
    from: { type: "text", describe: "Use this plan, which --plan json has printed" },
    job: { type: "list", describe: "With --from: build this job of the plan alone" },
    output: { type: "text", alias: "o", default: "incoming", describe: "With --job: folder for packages" },
    previous: {
      type: "text",
      describe: "Folder: --plan writes there what builds migrate from, --job reads it",
    },
    publish: { type: "text", describe: "With --from: publish what is in this folder" },
    ...SIGNING_OPTIONS,
  },
  examples: [
    { command: "sync fleet.toml", says: "Build and publish what changed" },
    { command: "sync fleet.toml --explain", says: "What would be done, and why" },
    { command: "sync fleet.toml --watch --listen 9123", says: "Go on, and wait for webhooks too" },
    { command: "sync fleet.toml --from plan.json --job 3f2a1c9d", says: "One job of a plan, as CI does it" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ readFleet }, run] = await Promise.all([
      import("../sync/fleet/read.ts"),
      import("./sync/run.ts"),
    ]);
    run.refuseMixed(options);
    const fleet = await readFleet(operands[0] ?? "", context.host.cwd);
    if (options.from !== undefined)
      return await (await import("./sync/from-plan.ts")).runFromPlan(fleet, options.from, options, context);
    if (options.plan === "json" || options.explain) return await run.showPlan(fleet, options, context);
    return options.watch
      ? await (await import("./sync/watch.ts")).watchFleet(fleet, options, context)
      : await run.runOnce(fleet, { ...options, retry: true }, context);
  },
});
