import { execFileSync, spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCalendar } from "../../src/cron/calendar.ts";
import { parseSchedule, type Schedule } from "../../src/cron/schedule.ts";

const FIELDS = [
  { first: 0, last: 59, names: [] },
  { first: 0, last: 23, names: [] },
  { first: 1, last: 31, names: [] },
  { first: 1, last: 12, names: ["jan", "Feb", "MAR", "dec"] },
  { first: 0, last: 7, names: ["sun", "Mon", "SAT"] },
] as const;

/** A field of the right form, whose values may be out of bounds. */
function field({ first, last, names }: (typeof FIELDS)[number]) {
  const number = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: first, max: last }) },
    fc.integer({ min: 0, max: 70 }),
  );
  const value = fc.oneof(
    number.map(String),
    ...(names.length > 0 ? [fc.constantFrom<string>(...names)] : []),
  );
  const step = fc.integer({ min: 0, max: 30 }).map((by) => `/${by}`);
  const range = fc.tuple(number, number).map((ends) => ends.toSorted((a, b) => a - b).join("-"));
  const part = fc.oneof(
    value,
    range,
    fc.tuple(range, step).map((both) => both.join("")),
    fc.tuple(fc.constant("*"), step).map((both) => both.join("")),
  );
  return fc.oneof(
    fc.constant("*"),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(",")),
  );
}

const schedules = fc.tuple(...FIELDS.map(field)).map((fields) => fields.join(" "));
const isTimes = (text: string) => parseSchedule(text).kind === "times";

describe("parseSchedule", () => {
  it("agrees with Debian's cron on schedules of the right form", () => {
    fc.assert(
      fc.property(schedules, (text) => {
        const parsed = parseSchedule(text);
        // cron takes days that never come.
        const isNever = parsed.kind === "problem" && parsed.wanted.startsWith("a day that comes");
        expect(parsed.kind !== "problem" || isNever, text).toBe(cronTakes(text));
      }),
      { numRuns: 200 },
    );
  });

  it("takes nothing that cron refuses", () => {
    const piece = fc.constantFrom(
      "*",
      "/",
      "-",
      ",",
      "1",
      "5",
      "31",
      "jan",
      "mon",
      "@daily",
      " ",
      "0",
      "7",
      "~",
      "?",
    );
    const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (value) => parseSchedule(value).kind === "problem" || cronTakes(value)),
      {
        numRuns: 3000,
      },
    );
  });

  it.each(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@reboot"])(
    "knows %s as cron does",
    (name) => {
      expect(parseSchedule(name).kind).not.toBe("problem");
      expect(cronTakes(name)).toBe(true);
    },
  );

  it.each([
    ["", "five fields"],
    ["* * * *", "five fields"],
    [" * * * * *", "five fields"],
    ["* * * * * *", "five fields"],
    ["*\n* * * *", "five fields"],
    ["@Daily", "one of @yearly"],
    ["@every", "one of @yearly"],
    ["60 * * * *", "a minute of 0-59"],
    ["5-1 * * * *", "a minute of 0-59"],
    ["5/2 * * * *", "a minute of 0-59"],
    ["*/0 * * * *", "a minute of 0-59"],
    ["* * * foo *", "a month of 1-12 or jan-dec"],
    ["* * * * monday", "a day of week of 0-7 or sun-sat"],
    ["* * * * ?", "a day of week of 0-7"],
    ["* * 30 2 *", "a day that comes"],
    ["* * 31 4,6 *", "a day that comes"],
  ])("refuses %j with what is wanted", (text, wanted) => {
    expect(parseSchedule(text)).toMatchObject({ kind: "problem", wanted: expect.stringContaining(wanted) });
  });
});

describe("formatCalendar", () => {
  it.each([
    ["* * * * *", ["*-*-* *:*:00"]],
    ["*/15 4 * * *", ["*-*-* 04:00,15,30,45:00"]],
    ["0 0 1 1 *", ["*-01-01 00:00:00"]],
    ["30 4 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 04:30:00"]],
    ["0 0 * * 7", ["Sun *-*-* 00:00:00"]],
    ["0 12 13 * 5", ["*-*-13 12:00:00", "Fri *-*-* 12:00:00"]],
    ["0 0 */2 * 1", ["Mon *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00"]],
    ["0-4 0 1 * 0-7", ["*-*-* 00:00..04:00"]],
  ])("of %s is %j", (text, wanted) => {
    expect(formatCalendar(scheduleOf(text))).toEqual(wanted);
  });

  it("has the next times that the schedule has, by systemd's own reckoning", () => {
    const runs = fc.sample(schedules.filter(isTimes), { numRuns: 30, seed: 20_261_123 });
    for (const text of runs) {
      const schedule = scheduleOf(text);
      for (const time of nextTimes(formatCalendar(schedule)))
        expect(isDue(schedule, time), `${text} at ${time.toISOString()}`).toBe(true);
    }
  });

  it("leaves no time of the schedule out", () => {
    for (const text of [
      "*/20 3 * * *",
      "0 12 13 * 5",
      "0 0 29 2 *",
      "15 6-8/2 * * sat,sun",
      "0 0 1,15 * *",
    ]) {
      const schedule = scheduleOf(text);
      const times = nextTimes(formatCalendar(schedule));
      const wanted: string[] = [];
      const first = new Date(`${BASE}T00:00:00Z`).getTime() + 60_000;
      for (let at = first; wanted.length < times.length; at += 60_000)
        if (isDue(schedule, new Date(at))) wanted.push(new Date(at).toISOString());
      expect(times.map((time) => time.toISOString())).toEqual(wanted);
    }
  });
});

const BASE = "2026-11-23";

function scheduleOf(text: string): Schedule {
  const parsed = parseSchedule(text);
  if (parsed.kind !== "times") throw new Error(`no times: ${text}`);
  return parsed.schedule;
}

/** `crontab -n` reads a file and installs nothing. */
function cronTakes(schedule: string): boolean {
  return spawnSync("crontab", ["-n", "-"], { input: `${schedule} true\n` }).status === 0;
}

/** The next few times of any of the values, from a fixed day. */
function nextTimes(values: readonly string[]): Date[] {
  const iterations = 4;
  const times = values.flatMap((value) => {
    const output = execFileSync(
      "systemd-analyze",
      ["calendar", `--iterations=${iterations}`, `--base-time=${BASE} 00:00:00 UTC`, value],
      { encoding: "utf8", env: { ...process.env, TZ: "UTC", LC_ALL: "C" } },
    );
    return [...output.matchAll(/(?:Next elapse|Iter\. #\d+|Iteration #\d+): \w+ ([\d-]+) ([\d:]+) UTC/g)].map(
      ([, day = "", clock = ""]) => `${day}T${clock}Z`,
    );
  });
  expect(times.length).toBeGreaterThan(0);
  return [...new Set(times)]
    .toSorted()
    .slice(0, iterations)
    .map((time) => new Date(time));
}

/** crontab(5) in the plainest words. */
function isDue({ minutes, hours, days, months, weekdays, eitherDay }: Schedule, time: Date): boolean {
  const onDay = days.includes(time.getUTCDate());
  const onWeekday = weekdays.includes(time.getUTCDay());
  return (
    minutes.includes(time.getUTCMinutes()) &&
    hours.includes(time.getUTCHours()) &&
    months.includes(time.getUTCMonth() + 1) &&
    (eitherDay ? onDay || onWeekday : onDay && onWeekday)
  );
}
