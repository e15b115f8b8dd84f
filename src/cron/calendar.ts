import type { Schedule } from "./schedule.ts";

/**
 * The same times as `OnCalendar=` values (systemd.time(7), "Calendar Events"): one, or two where either kind of day is
 * enough, since systemd wants both.
 */
export function formatCalendar(schedule: Schedule): string[] {
  const { minutes, hours, days, months, weekdays, eitherDay } = schedule;
  const clock = `${formatValues(hours, 0, 23)}:${formatValues(minutes, 0, 59)}:00`;
  const month = formatValues(months, 1, 12);
  const onDays = `*-${month}-${formatValues(days, 1, 31)} ${clock}`;
  const isEveryWeekday = weekdays.length === WEEKDAYS.length;
  const names = weekdays.map((day) => WEEKDAYS[day]).join(",");
  if (eitherDay)
    return isEveryWeekday ? [`*-${month}-* ${clock}`] : [onDays, `${names} *-${month}-* ${clock}`];
  return [isEveryWeekday ? onDays : `${names} ${onDays}`];
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** All values as `*`, neighbours as a range, the rest one by one. */
function formatValues(values: readonly number[], first: number, last: number): string {
  if (values.length === last - first + 1) return "*";
  const runs: number[][] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run?.at(-1) === value - 1) run.push(value);
    else runs.push([value]);
  }
  return runs
    .flatMap((run) => (run.length > 2 ? [`${pad(run[0])}..${pad(run.at(-1))}`] : run.map(pad)))
    .join(",");
}

function pad(value: number | undefined): string {
  return String(value).padStart(2, "0");
}
