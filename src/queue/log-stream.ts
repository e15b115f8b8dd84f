import { setTimeout } from "node:timers/promises";

/** Takes lines as they come. */
export interface LogStream {
  readonly line: (text: string) => void;
  /** Sends what is left; does not wait for a queue that is away. */
  readonly end: () => Promise<void>;
}

/** Lines of a build on their way to the queue: together each second, as a call for each would be its own load. */
export function createLogStream(send: (text: string) => Promise<unknown>): LogStream {
  let waiting: string[] = [];
  let left = MOST_CHARACTERS;
  let sending: Promise<unknown> = Promise.resolve();
  const flush = () => {
    if (waiting.length === 0 || left <= 0) return;
    const text = waiting.join("\n").slice(0, left);
    waiting = [];
    left -= text.length;
    sending = sending.then(async () => send(text)).catch(() => undefined);
  };
  const timer = setInterval(flush, 1000);
  timer.unref();
  return {
    line: (text) => void (left > 0 && waiting.push(text.slice(0, LONGEST_LINE))),
    end: async () => {
      clearInterval(timer);
      flush();
      await Promise.race([sending, setTimeout(5000, undefined, { ref: false })]);
    },
  };
}

/** Of one try; the whole log is in the store. */
const MOST_CHARACTERS = 2 ** 20;
const LONGEST_LINE = 4000;
