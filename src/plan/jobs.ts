import type { Config, JobConfig } from "../config/types.ts";
import { formatCalendar } from "../cron/calendar.ts";
import { formatSchedule, parseSchedule } from "../cron/schedule.ts";
import { absoluteCommand, ownUser } from "./services.ts";
import type { JobPlan, TriggersPlan } from "./system-types.ts";

/** The jobs that run by the clock: as the package's own user unless a setting says otherwise. */
export function assembleJobs(config: Config, name: string, stablePath: string): JobPlan[] {
  return Object.entries(config.jobs).map(([job, settings]) => {
    const user = settings.user ?? ownUser(config, name);
    const plan = {
      name: fileNameOf(name, job),
      schedule: formatSchedule(settings.schedule),
      command: absoluteCommand(settings.command, stablePath),
      user,
      group: user,
      environment: settings.environment,
    };
    return Object.assign(plan, calendarOf(settings));
  });
}

/** The package's own triggers, with the command as scripts need it. */
export function assembleTriggers({ triggers }: Config, stablePath: string): TriggersPlan {
  const { command, ...names } = triggers;
  return command === undefined ? names : { ...names, command: absoluteCommand(command, stablePath) };
}

/** A file in a folder that many packages share: its name has the package's, in characters that cron takes (Policy 9.5). */
export function fileNameOf(packageName: string, name: string): string {
  const base = packageName.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  return name === base || name.startsWith(`${base}-`) ? name : `${base}-${name}`;
}

function calendarOf({ schedule, timer }: JobConfig): { calendar?: readonly string[] } {
  if (!timer) return {};
  const parsed = parseSchedule(schedule);
  if (parsed.kind !== "times") throw new Error(`unchecked schedule of a timer: ${schedule}`);
  return { calendar: formatCalendar(parsed.schedule) };
}
