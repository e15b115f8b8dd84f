import type { EventEmitter } from "node:events";
import process from "node:process";
import { setTimeout } from "node:timers/promises";

/** A program that runs for us. */
interface Child extends Pick<EventEmitter, "once"> {
  readonly pid?: number | undefined;
  kill(signal?: NodeJS.Signals): boolean;
}

/** Remembers a program until it ends, so that a signal to us can end it. */
export function trackChild(child: Child): void {
  running.add(child);
  const forget = () => running.delete(child);
  child.once("exit", forget);
  child.once("error", forget);
}

/** Ends what runs, by force what has not ended after two seconds; for the signal handler only. */
export async function endChildren(): Promise<void> {
  const children = [...running];
  const ended = children.map((child) => new Promise((resolve) => child.once("exit", resolve)));
  for (const child of children) signalGroup(child, "SIGTERM");
  await Promise.race([Promise.all(ended), setTimeout(2000, undefined, { ref: ended.length > 0 })]);
  for (const child of new Set([...children, ...running])) signalGroup(child, "SIGKILL");
}

/** With what it has started itself, where it leads a group of its own: that may outlive it, and go on writing. */
export function signalGroup(child: Child, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

const running = new Set<Child>();
