import type { EventEmitter } from "node:events";
import { setTimeout } from "node:timers/promises";

/** A program that runs for us. */
interface Child extends Pick<EventEmitter, "once"> {
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
  const ended = [...running].map((child) => new Promise((resolve) => child.once("exit", resolve)));
  for (const child of running) child.kill("SIGTERM");
  await Promise.race([Promise.all(ended), setTimeout(2000, undefined, { ref: ended.length > 0 })]);
  for (const child of running) child.kill("SIGKILL");
}

const running = new Set<Child>();
