import type { InterpreterFacts } from "../../plan/types.ts";

/** For what a lock is read. */
export interface LockOptions {
  readonly target: LockTarget;
  /** Of the project. */
  readonly extras: readonly string[];
  /** Dependency groups of the project. */
  readonly groups: readonly string[];
  /** Added to the environment of the tools that export their own locks. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The part of a Target that decides what a lock means there. */
export interface LockTarget {
  readonly python: Pick<InterpreterFacts, "markers" | "tags">;
}
