import type { Options } from "yargs";
import type { OptionForm, OptionSpec } from "./types.ts";
import { invalidUsage } from "./usage-error.ts";

export type OptionValue = string | number | boolean | readonly string[] | undefined;

/** An option in the words of yargs. */
export function yargsOptions(spec: OptionSpec): Options {
  const { describe, alias, fallback: shown } = spec;
  const names = alias === undefined ? {} : { alias };
  const common = { describe, ...names, ...(shown === undefined ? {} : { defaultDescription: shown }) };
  if (spec.type === "flag") return { ...common, type: "boolean" };
  const value = { ...common, requiresArg: true };
  const choices = "choices" in spec && spec.choices !== undefined ? { choices: spec.choices } : {};
  if (spec.type === "list") return { ...value, ...choices, type: "string", array: true };
  const fallback = spec.default === undefined ? {} : { default: spec.default };
  return { ...value, ...choices, ...fallback, type: spec.type === "count" ? "number" : "string" };
}

/**
 * What a handler gets of what yargs has read.
 * @throws VenvdebError USAGE_INVALID
 */
export function optionValue(name: string, spec: OptionSpec, value: unknown): OptionValue {
  if (spec.type === "list") return listValue(name, spec, value);
  if (Array.isArray(value)) throw invalidUsage(`--${name} is given ${value.length} times (once is wanted)`);
  if (spec.type === "flag") return value === true;
  if (value === undefined) return undefined;
  if (spec.type === "text") return typeof value === "string" ? checked(name, spec, value) : undefined;
  const minimum = spec.minimum ?? 1;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < minimum) {
    throw invalidUsage(`--${name} is no number (a whole number of at least ${minimum} is wanted)`);
  }
  return value;
}

function listValue(name: string, spec: { readonly form?: OptionForm }, value: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return [...new Set(values.map((item) => checked(name, spec, String(item))))];
}

function checked(name: string, { form }: { readonly form?: OptionForm }, value: string): string {
  if (form === undefined || form.pattern.test(value)) return value;
  throw invalidUsage(`--${name} is "${value}" (${form.wanted} are wanted)`);
}
