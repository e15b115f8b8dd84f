import { setTimeout } from "node:timers/promises";

interface WaitOptions {
  readonly seconds: number;
  /** No answer will come any more. */
  readonly lost?: () => boolean;
}

/** Asks again and again until there is an answer; `undefined` when time is up. */
export async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  { seconds, lost }: WaitOptions,
): Promise<T | undefined> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end || lost?.() === true) return undefined;
    await setTimeout(100);
  }
}
