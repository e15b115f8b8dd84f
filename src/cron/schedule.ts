/** When a job runs, as the times that each field of crontab(5) allows, in ascending order. */
export interface Schedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  /** 1 is January. */
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Both kinds of day are limited, so that either is enough (crontab(5): "day of month", "day of week"). */
  readonly eitherDay: boolean;
}

export type ParsedSchedule =
  | { readonly kind: "times"; readonly schedule: Schedule }
  | { readonly kind: "reboot" }
  | { readonly kind: "problem"; readonly wanted: string };

/**
 * Reads the five fields or the nickname of a line of Debian's cron (crontab(5)). What that cron takes by accident and
 * then never runs, such as a range from high to low or the 31st of June, is a problem with the form that is wanted.
 */
export function parseSchedule(text: string): ParsedSchedule {
  if (text === "@reboot") return { kind: "reboot" };
  const plain = text.startsWith("@") ? NICKNAMES.get(text) : text;
  if (plain === undefined) return problem(`one of ${[...NICKNAMES.keys()].join(", ")} or @reboot`);
  const fields = plain.split(/[ \t]+/);
  if (fields.length !== FIELDS.length)
    return problem(
      'five fields (minute, hour, day of month, month, day of week), such as "30 4 * * *", or a nickname such as "@daily"',
    );
  const lists: number[][] = [];
  for (const [index, known] of FIELDS.entries()) {
    const list = parseField(fields[index] ?? "", known);
    if (list === undefined) return problem(`a ${known.name} ${known.wanted}`);
    lists.push(list);
  }
  return assemble(lists, fields);
}

/** The schedule's text with one blank between its fields. */
export function formatSchedule(text: string): string {
  return text.split(/[ \t]+/).join(" ");
}

const NICKNAMES = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly names: readonly string[];
  readonly wanted: string;
}

const FIELDS: readonly Field[] = [
  field("minute", 0, 59),
  field("hour", 0, 23),
  field("day of month", 1, 31),
  field("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
  field("day of week", 0, 7, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

function field(name: string, first: number, last: number, names: readonly string[] = []): Field {
  const named = names.length === 0 ? "" : ` or ${names[0]}-${names.at(-1)}`;
  return {
    name,
    first,
    last,
    names,
    wanted: `of ${first}-${last}${named}, as "*", "*/5", "1", "1-5", "1-5/2" or "1,3"`,
  };
}

const PART =
  /^(?:(?<all>\*)|(?<from>[a-z]{3}|\d{1,2})(?:-(?<to>[a-z]{3}|\d{1,2}))?)(?:\/(?<step>\d{1,2}))?$/i;

/** The values that a field allows; undefined where it is not one. */
function parseField(text: string, known: Field): number[] | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const range = parseRange(part, known);
    if (range === undefined) return undefined;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return [...values].toSorted((a, b) => a - b);
}

function parseRange(
  part: string,
  known: Field,
): { readonly from: number; readonly to: number; readonly step: number } | undefined {
  const groups = PART.exec(part)?.groups;
  if (groups === undefined) return undefined;
  const step = Number(groups["step"] ?? 1);
  if (step < 1) return undefined;
  if (groups["all"] !== undefined) return { from: known.first, to: known.last, step };
  const from = parseValue(groups["from"], known);
  const to = groups["to"] === undefined ? from : parseValue(groups["to"], known);
  if (from === undefined || to === undefined || from > to) return undefined;
  return groups["to"] === undefined && groups["step"] !== undefined ? undefined : { from, to, step };
}

function parseValue(text: string | undefined, { names, first, last }: Field): number | undefined {
  const position = names.indexOf(text?.toLowerCase() ?? "");
  const value = position === -1 ? Number(text) : position + first;
  return value >= first && value <= last ? value : undefined;
}

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function assemble(lists: readonly number[][], fields: readonly string[]): ParsedSchedule {
  const [minutes = [], hours = [], days = [], months = [], sundays = []] = lists;
  const weekdays = [...new Set(sundays.map((day) => day % 7))].toSorted((a, b) => a - b);
  const eitherDay = fields[2]?.startsWith("*") === false && fields[4]?.startsWith("*") === false;
  const comes = months.some((month) => days.some((day) => day <= (LONGEST_MONTHS[month - 1] ?? 0)));
  if (!comes && !eitherDay) return problem("a day that comes in one of its months");
  return { kind: "times", schedule: { minutes, hours, days, months, weekdays, eitherDay } };
}

function problem(wanted: string): ParsedSchedule {
  return { kind: "problem", wanted };
}
