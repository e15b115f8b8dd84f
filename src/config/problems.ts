import type { z } from "zod";
import { nearest } from "../nearest.ts";
import { valueOf } from "../toml.ts";
import { knownKeys } from "./known-keys.ts";
import type { Key, Problem } from "./problem.ts";
import { settingsSchema, type RawConfig } from "./schema.ts";

/** Checks the settings of a project: all that is wrong with them, or the settings. */
export function validateSettings(raw: unknown): { settings: RawConfig } | { problems: readonly Problem[] } {
  return validateBy(settingsSchema, raw);
}

/** Checks what a file of TOML holds by a schema: all that is wrong with it, or what it says. */
export function validateBy<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
): { settings: z.output<Schema> } | { problems: readonly Problem[] } {
  const forbidden = forbiddenKeys(raw, [], schema);
  if (forbidden.length > 0) return { problems: forbidden };
  const result = schema.safeParse(raw, { error: wantedOf });
  if (result.success) return { settings: result.data };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, { raw, schema }, [])) };
}

/** What is checked, and by what. */
interface Checked {
  readonly raw: unknown;
  readonly schema: z.ZodType;
}

type Issue = z.core.$ZodIssue;

/** What was wanted, where the schema does not say it itself. */
function wantedOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") return TYPES.get(issue.expected) ?? issue.expected;
  if (issue.code === "invalid_value") return oneOf(issue.values.map((value) => JSON.stringify(value)));
  return undefined;
}

function oneOf(values: readonly string[]): string {
  return values.join(", ").replace(/, ([^,]*)$/, " or $1");
}

const TYPES = new Map([
  ["string", "text in quotes"],
  ["boolean", "true or false"],
  ["object", "a table"],
  ["record", "a table"],
  ["array", "a list"],
]);

function problemsOf(issue: Issue, checked: Checked, base: readonly Key[]): Problem[] {
  const path = [...base, ...issue.path.filter((key) => typeof key !== "symbol")];
  const value = valueAt(checked.raw, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], checked.schema));
    case "invalid_key":
      return [
        problem(
          path,
          true,
          `found ${show(path.at(-1))}, wanted ${issue.issues[0]?.message ?? "another key"}`,
        ),
      ];
    case "invalid_union":
      return unionProblems(issue, checked, path);
    case "invalid_value":
      return [problem(path, false, `${mismatch(value, issue.message)}${suggestion(value, issue.values)}`)];
    default:
      return [problem(path, false, mismatch(value, issue.message))];
  }
}

function problem(path: readonly Key[], atKey: boolean, message: string): Problem {
  return { path, atKey, message };
}

function unknownKey(path: readonly Key[], schema: z.ZodType): Problem {
  const near = nearest(String(path.at(-1)), knownKeys(schema, path.slice(0, -1)));
  return problem(path, true, `unknown setting${near === undefined ? "" : ` (did you mean "${near}"?)`}`);
}

/** Of the forms that a value may have, the one is meant whose type it has. */
function unionProblems(
  issue: Extract<Issue, { code: "invalid_union" }>,
  checked: Checked,
  path: readonly Key[],
): Problem[] {
  const meant = issue.errors.find(
    (issues) => !issues.some(({ code, path: at }) => code === "invalid_type" && at.length === 0),
  );
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, checked, path));
  const wanted = issue.errors.flatMap((issues) => issues.map(({ message }) => message));
  return [problem(path, false, mismatch(valueAt(checked.raw, path), [...new Set(wanted)].join(" or ")))];
}

function mismatch(value: unknown, wanted: string): string {
  if (value === undefined) return `missing, wanted ${wanted}`;
  const quoted = wanted === TYPES.get("string") && typeof value === "number" ? ` such as "${value}"` : "";
  return `found ${show(value)}, wanted ${wanted}${quoted}`;
}

function suggestion(value: unknown, values: readonly unknown[]): string {
  const near = typeof value === "string" ? nearest(value, values.map(String)) : undefined;
  return near === undefined ? "" : ` (did you mean "${near}"?)`;
}

/** A short form of any value of TOML. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "a table";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function valueAt(raw: unknown, path: readonly Key[]): unknown {
  return path.reduce(
    (value, key) => (Array.isArray(value) ? value.at(Number(key)) : valueOf(value, String(key))),
    raw,
  );
}

/** `__proto__` is never a setting, and joining tables that have it would reach the prototype of all objects. */
function forbiddenKeys(value: unknown, path: readonly Key[], schema: z.ZodType): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "__proto__" ? [unknownKey([...path, key], schema)] : forbiddenKeys(item, [...path, key], schema),
  );
}
