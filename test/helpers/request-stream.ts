interface Answer {
  /** Milliseconds since the first request. */
  readonly at: number;
  /** The body, or why there is none. */
  readonly body?: string;
  readonly status?: number;
  readonly failure?: string;
}

interface RequestStream {
  /** Sends no more and gives all answers, by the time of their request. */
  stop(): Promise<readonly Answer[]>;
}

/** Asks an address of this machine again and again, whether it answers or not: some two thousand times a minute. */
export function startRequests(url: string, milliseconds = 30): RequestStream {
  const start = performance.now();
  const pending: Promise<Answer>[] = [];
  const timer = setInterval(() => pending.push(request(url, performance.now() - start)), milliseconds);
  return {
    async stop() {
      clearInterval(timer);
      return (await Promise.all(pending)).toSorted((a, b) => a.at - b.at);
    },
  };
}

/** How long nothing was answered, in milliseconds, for each time that this was so. */
export function gapsOf(answers: readonly Answer[]): number[] {
  const gaps: number[] = [];
  let since: number | undefined;
  for (const { at, failure } of answers) {
    if (failure !== undefined) since ??= at;
    else if (since !== undefined) {
      gaps.push(at - since);
      since = undefined;
    }
  }
  return gaps;
}

async function request(url: string, at: number): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return { at, status: response.status, body: await response.text() };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return { at, failure: cause instanceof Error ? cause.message : String(error) };
  }
}
