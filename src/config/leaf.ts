import { z } from "zod";

/** Gives what is wrong with a text, or undefined. */
export type Check = (text: string) => string | undefined;

/** Control characters, as the inside of a class in a pattern that every engine of JSON Schema reads. */
export const CONTROL = String.raw`\u0000-\u001F\u007F-\u009F`;
export const PRINTABLE = `[^${CONTROL}]`;

/** A text of one form; `wanted` is what the message shows. */
export function text(pattern: RegExp, wanted: string) {
  return z.string().regex(pattern, wanted);
}

/** A text that a function judges. */
export function checkedText(check: Check) {
  return z.string().superRefine((value, context) => {
    const problem = check(value);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });
}

/** A list without repetition. */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .refine((items) => new Set(items).size === items.length, "a list that names nothing twice");
}

/** Any text that fits on one line. */
export function oneLine() {
  return text(new RegExp(`^${PRINTABLE}*\\S${PRINTABLE}*$`), "one line of text");
}

/** Absolute, in its shortest spelling. */
export function absolutePath() {
  return checkedText(absolutePathProblem);
}

/** Inside the project. */
export function projectPath() {
  return text(
    new RegExp(`^(?!/)(?!(?:.*/)?\\.\\.(?:/|$))${PRINTABLE}+$`),
    'a path inside the project, without a leading "/" and without ".."',
  );
}

/** The name of a system user or group, as adduser(8) takes it. */
export function userName() {
  return text(
    USER_NAME,
    "a name of a-z, 0-9, - and _ that starts with a letter and has at most 31 characters",
  );
}

const USER_NAME = /^[a-z_][a-z0-9_-]{0,30}$/;

/** What keeps a text from being an absolute path in its shortest spelling. */
export function absolutePathProblem(path: string): string | undefined {
  if (!path.startsWith("/")) return 'an absolute path, which starts with "/"';
  if (/\p{Cc}/u.test(path)) return "a path without control characters";
  if (path !== "/" && /\/(\.{0,2})(\/|$)/.test(path))
    return 'a path without "//", "/./", "/../" and a "/" at its end';
  return undefined;
}

/** Drops the keys that are undefined, from the type as well. */
export function defined<T extends object>(value: T): Defined<T>;
export function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
