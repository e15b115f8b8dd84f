import { z } from "zod";
import type { RepositorySettings } from "./types.ts";

const line = z.string().regex(/^(?! )[^\p{Cc}]{1,500}(?<! )$/u, "one line of text without blanks around it");
/** They become folders and words of a line. */
const word = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9.+~-]{0,99}$/,
    "a word of letters, digits and . + ~ - that starts with a letter or digit",
  );
const architecture = z
  .string()
  .regex(
    /^(?!all$|any$|source$)[a-z0-9][a-z0-9-]{1,40}$/,
    'an architecture of Debian such as "amd64", not "all"',
  );
const days = z.int("a whole number").min(1, "1 or more").max(36_500, "at most 36500");

const suite = z.strictObject({
  name: word,
  codename: word,
  components: distinct(word),
  architectures: distinct(architecture),
  description: line.exactOptional(),
  version: line.exactOptional(),
  notAutomatic: z.boolean("true or false").exactOptional(),
  butAutomaticUpgrades: z.boolean("true or false").exactOptional(),
  validForDays: days.exactOptional(),
});

const retention = z.strictObject({
  versions: z.int("a whole number").min(1, "1 or more").exactOptional(),
  days: days.exactOptional(),
  graceHours: z.number("a number").min(0, "0 or more").max(87_600, "at most 87600"),
  releases: z.int("a whole number").min(3, "3 or more"),
});

const key = z.strictObject({
  fingerprint: z.string().regex(/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/, "40 upper-case hexadecimal digits"),
  status: z.enum(["signing", "retired"], '"signing" or "retired"'),
  certificate: z.string().startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----", "an armoured certificate"),
});

/** The form of `venvdeb/repository.json`. */
export const settingsSchema: z.ZodType<RepositorySettings> = z
  .strictObject({
    format: z.literal(1, "1 (a newer venvdeb may have written this)"),
    origin: line,
    label: line,
    description: line.exactOptional(),
    publicUrl: z
      .string()
      .regex(/^https?:\/\/[^\s/][^\s]*(?<!\/)$/, 'a URL of http or https without a "/" at its end')
      .exactOptional(),
    layout: z.enum(["pool", "flat"], '"pool" or "flat"'),
    suites: z.array(suite).min(1, "at least one suite"),
    compressions: distinct(z.enum(["plain", "gz", "xz"], '"plain", "gz" or "xz"')),
    contents: z.boolean("true or false"),
    retention,
    keys: z.array(key),
    severalPublishers: z.boolean("true or false"),
  })
  .superRefine((settings, context) => {
    const claim = (path: readonly PropertyKey[], message: string): void =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (settings.layout === "flat" && settings.suites.length !== 1)
      claim(["suites"], "one suite, since the layout is flat");
    for (const index of repeated(settings.suites.map(({ name }) => name)))
      claim(["suites", index, "name"], "a name that no other suite has");
    for (const index of repeated(settings.keys.map(({ fingerprint }) => fingerprint)))
      claim(["keys", index, "fingerprint"], "a key that is not listed twice");
  });

/** One line for each mistake: where it is, and what was wanted. */
export function settingsProblems(error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((name) => `${join(path, name)}: unknown setting`);
    const wanted =
      issue.code === "invalid_type" ? (TYPES.get(issue.expected) ?? issue.message) : issue.message;
    return [`${path === "" ? "the whole file" : path}: wanted ${wanted}`];
  });
}

const TYPES = new Map<string, string>([
  ["string", "text"],
  ["object", "an object"],
  ["array", "a list"],
]);

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function distinct<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .min(1, "at least one")
    .refine((items) => new Set(items).size === items.length, "a list that names nothing twice");
}

/** The places of what was there before. */
function repeated(names: readonly string[]): number[] {
  return [...names.keys()].filter((index) => names.indexOf(names[index] ?? "") !== index);
}
