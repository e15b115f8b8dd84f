import { VenvdebError } from "../errors.ts";

/**
 * The name of a user or group as adduser and systemd both take it, at most 31 characters.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function requireUserName(name: string): string {
  return requireForm(name, USER_NAME, "a user or group", "a-z, 0-9, _ and -, first a letter or _");
}

/** The name of a unit without its suffix (systemd.unit(5)); no template. @throws VenvdebError SYSTEM_BAD_NAME */
export function requireUnitName(name: string): string {
  return requireForm(name, UNIT_NAME, "a systemd unit", "letters, digits and _ . : -");
}

/**
 * A folder for StateDirectory= and its kin, relative to /var/lib or the like; it is removed on purge, so nothing
 * but plain names will do. `private` is systemd's own.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function requireDirectoryName(name: string): string {
  return requireForm(name, DIRECTORY_NAME, "a folder of a service", "a relative path of plain names");
}

/** An absolute path without `.`, `..`, empty parts and control characters. @throws VenvdebError SYSTEM_BAD_NAME */
export function requirePath(path: string): string {
  return requireForm(
    path,
    ABSOLUTE_PATH,
    "a path of the package",
    "absolute, without . and .. and control characters",
  );
}

/** An absolute path of plain names: one word in a trigger, a note's name or a pattern. @throws VenvdebError SYSTEM_BAD_NAME */
export function requirePlainPath(path: string): string {
  return requireForm(
    path,
    PLAIN_PATH,
    "a generated file or a folder of fragments",
    "an absolute path of plain names",
  );
}

const PLAIN_PATH = /^(?!.*\/\.{1,2}(?:\/|$))(?:\/[A-Za-z0-9._+@-]+){2,}$/;
/** The name of a job's file or unit, in what cron takes (Policy 9.5). @throws VenvdebError SYSTEM_BAD_NAME */
export function requireJobName(name: string): string {
  return requireForm(name, JOB_NAME, "a job or a rotation", "letters, digits, _ and -");
}

/** A folder that may be removed at a purge: an absolute path of plain names. @throws VenvdebError SYSTEM_BAD_NAME */
export function requireDataPath(path: string): string {
  return requireForm(path, DATA_PATH, "a folder of the package", "an absolute path of plain names");
}

/** A trigger's name (deb-triggers(5)): a path, or printable characters without blanks. @throws VenvdebError SYSTEM_BAD_NAME */
export function requireTriggerName(name: string): string {
  return requireForm(name, TRIGGER_NAME, "a trigger", "an absolute path without blanks, or a word");
}

const USER_NAME = /^[a-z_][a-z0-9_-]{0,30}$/;
const UNIT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,200}$/;
const DIRECTORY_NAME =
  /^(?!private(?:\/|$))(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9_.+@-]+(?:\/[A-Za-z0-9_.+@-]+)*$/;
const JOB_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,200}$/;
const DATA_PATH = /^(?!.*\/\.{1,2}(?:\/|$))(?:\/[A-Za-z0-9._+@-]+){2,}$/;
const TRIGGER_NAME =
  /^(?:(?!.*\/\.{1,2}(?:\/|$))(?:\/[^\p{Cc}\p{Surrogate}\p{White_Space}/]+)+|[A-Za-z0-9][A-Za-z0-9.+:-]*)$/u;
const ABSOLUTE_PATH = /^(?!.*\/\.{1,2}(?:\/|$))(?:\/[^\p{Cc}\p{Surrogate}/]+)+$/u;

function requireForm(value: string, form: RegExp, what: string, wanted: string): string {
  if (form.test(value)) return value;
  throw new VenvdebError(
    "SYSTEM_BAD_NAME",
    `Cannot use ${JSON.stringify(value.slice(0, 200))} as the name of ${what}: it has another form (wanted: ${wanted})`,
    { exitCode: 2 },
  );
}
