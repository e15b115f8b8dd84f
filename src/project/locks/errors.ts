import { VenvdebError } from "../../errors.ts";
import type { LockedDistribution } from "../../plan/types.ts";
import { satisfies } from "../../python/specifier.ts";
import type { LockTarget } from "./types.ts";

/** The lock is damaged or of a form that nobody writes. */
export function badLock(file: string, problem: string): VenvdebError {
  return new VenvdebError("LOCK_BAD", `Cannot read the lock "${file}": ${problem}`, {
    hint: "write it anew with the tool that made it",
  });
}

/** The lock has another format than the one that is known. */
export function unknownVersion(file: string, found: unknown, known: string, hint: string): VenvdebError {
  return new VenvdebError(
    "LOCK_UNKNOWN_VERSION",
    `Cannot read the lock "${file}": its format is version ${String(found)} (${known} is known)`,
    { hint },
  );
}

/** An extra or group is asked for that the lock does not have. */
export function unknownPart(
  file: string,
  kind: "extra" | "group",
  name: string,
  known: Iterable<string>,
): VenvdebError {
  const names = [...known].join(", ");
  return new VenvdebError(
    kind === "extra" ? "LOCK_UNKNOWN_EXTRA" : "LOCK_UNKNOWN_GROUP",
    `Cannot find the ${kind} "${name}" in the lock "${file}": ${names === "" ? "it has none" : `it has ${names}`}`,
    { hint: `correct ${kind}s in [tool.venvdeb], or lock again`, exitCode: 2 },
  );
}

/**
 * Refuses a lock that was not made for the target's Python.
 * @throws VenvdebError LOCK_WRONG_TARGET
 */
export function checkPython(file: string, specifier: string | undefined, target: LockTarget): void {
  const version = target.python.markers["python_full_version"] ?? "";
  if (specifier === undefined || satisfies(version, specifier)) return;
  throw wrongTarget(file, `it is for Python ${specifier}, the target has ${version}`);
}

export function wrongTarget(file: string, problem: string): VenvdebError {
  return new VenvdebError("LOCK_WRONG_TARGET", `Cannot use the lock "${file}" for this target: ${problem}`, {
    hint: "lock again with a range that holds the target (requires-python in pyproject.toml)",
  });
}

/**
 * Refuses two distributions of one name, and sorts the rest by name.
 * @throws VenvdebError LOCK_AMBIGUOUS
 */
export function onePerName(
  file: string,
  distributions: readonly LockedDistribution[],
): readonly LockedDistribution[] {
  const sorted = distributions.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  for (const [index, { name, version }] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next?.name === name)
      throw new VenvdebError(
        "LOCK_AMBIGUOUS",
        `Cannot use the lock "${file}": it has "${name}" twice for this target (${version ?? "?"} and ${next.version ?? "?"})`,
        { hint: "ask for fewer extras or groups, or lock again" },
      );
  }
  return sorted;
}
