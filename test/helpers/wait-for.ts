interface WaitOptions {
  /** For the message when time is up. */
  readonly what: string;
  readonly seconds?: number;
}

/** Asks again and again until there is an answer. */
export async function waitFor<T>(ask: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const { what, seconds = 20 } = options;
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain for ${what}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
