import { z } from "zod";
import { parseSchedule } from "../../cron/schedule.ts";
import { checkedText, defined, PRINTABLE, text, userName } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { CronConfig, JobConfig } from "../types.ts";
import { normalizeCommand } from "./command-words.ts";
import { command } from "./services.ts";

const jobName = text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, "the name of a job: letters, digits, _ and -");

const schedule = checkedText((value) => {
  const parsed = parseSchedule(value);
  return parsed.kind === "problem" ? parsed.wanted : undefined;
}).meta({
  description:
    'When it runs, as in crontab(5): minute, hour, day of month, month, day of week, or a nickname such as "@daily".',
  examples: ["*/15 * * * *"],
});

const jobShape = {
  schedule,
  command,
  user: userName()
    .meta({ description: "Who it runs as. Default: the package's system user, made at installation." })
    .exactOptional(),
  environment: z
    .record(
      text(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
      text(new RegExp(`^${PRINTABLE}*$`), "one line of text"),
    )
    .meta({ description: "Environment variables.", examples: [{ MAILTO: "root" }] })
    .exactOptional(),
  timer: z
    .boolean()
    .meta({ description: "A systemd timer and its service instead of a line for cron.", default: false })
    .exactOptional(),
};

const jobTable = z.strictObject(jobShape).superRefine(checkTimer);
const partTable = z.strictObject({
  ...jobShape,
  schedule: schedule.exactOptional(),
  command: command.exactOptional(),
});

/** Jobs that run by the clock. */
export const cron = defineSection({
  shape: {
    cron: z
      .record(jobName, jobTable)
      .meta({
        description: "Jobs that run by the clock, by a name of your own.",
        examples: [{ "clean-up": { schedule: "30 4 * * *", command: "hello clean-up" } }],
      })
      .exactOptional(),
  },
  overrides: {
    cron: z
      .record(jobName, partTable)
      .meta({ description: "Jobs that run by the clock; what is left out is as it is in general." })
      .exactOptional(),
  },
  normalize: (raw): CronConfig => ({
    jobs: Object.fromEntries(
      Object.entries(raw.cron ?? {}).map(([name, table]) => [name, normalizeJob(table)]),
    ),
  }),
});

/** A timer that is set "once after the start" fires at the installation too, which cron does not. */
function checkTimer(table: { schedule: string; timer?: boolean }, context: z.RefinementCtx): void {
  if (table.timer !== true || table.schedule !== "@reboot") return;
  context.addIssue({
    code: "custom",
    path: ["schedule"],
    message:
      "times that a systemd timer can have: there is none for @reboot (leave timer out, or make it a service)",
  });
}

function normalizeJob(raw: z.output<typeof jobTable>): JobConfig {
  return {
    schedule: raw.schedule,
    command: normalizeCommand(raw.command),
    ...defined({ user: raw.user }),
    environment: raw.environment ?? {},
    timer: raw.timer ?? false,
  };
}
