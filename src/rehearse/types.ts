import type { Identity } from "./identity.ts";
import type { Machine } from "./machine/types.ts";
import type { TreeSnapshot } from "./snapshot.ts";
import type { Subject } from "./subject.ts";

/** What a rehearsal found out. */
export interface Rehearsal {
  /** What was rehearsed: each package with its version. */
  readonly packages: readonly Identity[];
  /** What was there before the upgrade. */
  readonly from?: Identity;
  readonly machine: MachineFacts;
  readonly steps: readonly StepReport[];
  /** No step failed. */
  readonly passed: boolean;
  /** The machine's tree, when it was asked to stay. */
  readonly kept?: string;
}

export type MachineKind = "booted" | "chroot";

export interface MachineFacts {
  readonly kind: MachineKind;
  /** `bookworm` */
  readonly release: string;
  /** Why it is not booted. */
  readonly reason?: string;
}

export interface StepReport extends StepResult {
  /** `install`, `services`; the same check may come several times. */
  readonly id: string;
  readonly title: string;
  readonly seconds: number;
}

export interface StepResult {
  readonly outcome: "PASS" | "FAIL" | "SKIPPED";
  /** What was seen; the reason of a failure or of being skipped. */
  readonly detail: string;
}

/** `operation`: changes what is installed, and when it fails nothing after it makes sense. */
export interface RunnableStep<On> {
  readonly id: string;
  readonly title: string;
  readonly kind: "operation" | "check";
  run(stage: On): Promise<StepResult>;
}

export type Step = RunnableStep<Stage>;

/** What the steps work on. */
export interface Stage {
  readonly machine: Machine;
  readonly kind: MachineKind;
  /** What is installed, upgraded to, and removed, together. */
  readonly subjects: readonly Subject[];
  /** What they are an upgrade of. */
  readonly previous: readonly Subject[];
  /** Before anything was installed. */
  readonly pristine: Pristine;
  /** Conffiles that were edited, with the digest that they have since. */
  readonly edited: Map<string, string>;
}

export interface Pristine {
  readonly tree: TreeSnapshot;
  /** Names of the installed packages. */
  readonly packages: readonly string[];
}

export function pass(detail = ""): StepResult {
  return { outcome: "PASS", detail };
}

export function fail(detail: string): StepResult {
  return { outcome: "FAIL", detail };
}

export function skipped(reason: string): StepResult {
  return { outcome: "SKIPPED", detail: reason };
}
