import { redactSecrets } from "../../effects/redact.ts";
import { messageOf } from "../../errors.ts";
import type { Reporter } from "../../reporter.ts";

/** How long a request may take, and how many may fail before nothing more is asked. */
export interface PatienceLimits {
  /** For the request, and for what is small. */
  readonly seconds: number;
  /** What is large must come at so many bytes in a second. */
  readonly bytesPerSecond: number;
  readonly failures: number;
}

const LIMITS: PatienceLimits = { seconds: 10, bytesPerSecond: 1_000_000, failures: 3 };

/** Asks a place that may be dead, slow or lying, as long as that seems worth it: of one build. Failures never throw. */
export class Patience {
  readonly #url: string;
  readonly #reporter: Reporter;
  readonly #limits: PatienceLimits;
  readonly #running = new Set<AbortController>();
  #failures = 0;
  #last = "";

  constructor(url: string, reporter: Reporter, limits: PatienceLimits = LIMITS) {
    this.#url = url;
    this.#reporter = reporter;
    this.#limits = limits;
  }

  get isOver(): boolean {
    return this.#failures >= this.#limits.failures;
  }

  /** What `run` gives; nothing where that fails, takes too long for so many bytes, or too much has failed before. */
  async attempt<T>(bytes: number, run: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (this.isOver) return undefined;
    const controller = new AbortController();
    const seconds = Math.ceil(this.#limits.seconds + bytes / this.#limits.bytesPerSecond);
    const late = new Error(`it was not done after ${seconds} seconds`);
    const timer = setTimeout(() => controller.abort(late), seconds * 1000);
    this.#running.add(controller);
    try {
      return await Promise.race([run(controller.signal), aborted(controller.signal)]);
    } catch (error) {
      this.#fail(controller.signal.aborted ? controller.signal.reason : error);
      controller.abort();
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }

  /** Tells what was not worth a warning. */
  conclude(): void {
    if (this.#failures > 0 && !this.isOver)
      this.#reporter.info(
        `The shared cache ${this.#url} failed at times, and this build did without: ${this.#last}`,
      );
  }

  #fail(error: unknown): void {
    const wasOver = this.isOver;
    this.#failures++;
    this.#last = redactSecrets(messageOf(error));
    if (wasOver || !this.isOver) return;
    for (const controller of this.#running) controller.abort(new Error("nothing more is asked"));
    this.#reporter.warning(
      `the shared cache ${this.#url} does not work, and this build goes on without: ${this.#last}`,
      "look whether it is up and what VENVDEB_SHARED_CACHE says; the package is the same",
    );
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
