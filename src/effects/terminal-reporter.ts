import type { Progress, Reporter } from "../reporter.ts";
import { redactSecrets } from "./redact.ts";
import { createStatusLines } from "./status-lines.ts";

export interface ReporterOptions {
  readonly stream: ReporterStream;
  /** Whether lines may be drawn over: a terminal that is not a log. */
  readonly interactive: boolean;
  readonly color: boolean;
  /** Shows each detail of a step as a line of its own. */
  readonly verbose: boolean;
}

interface ReporterStream {
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Says on a terminal, or in the log of a CI job, what is being done. On a terminal the running steps stand at the
 * bottom with their detail, how far and how long; in a log each step is a line at its start and one at its end, with
 * a sign of life every half minute. Secrets and control characters never get through.
 */
export function createReporter(options: ReporterOptions): Reporter {
  const paint = createPaint(options.color);
  const status = options.interactive ? createStatusLines(options.stream) : undefined;
  const print = (line: string) =>
    status === undefined ? options.stream.write(`${line}\n`) : status.print(line);
  return {
    step: (title, run) => runStep(clean(title), run, { print, status, verbose: options.verbose, paint }),
    info: (message) => print(clean(message)),
    warning: (message, hint) => {
      print(`${paint("warning:", YELLOW)} ${clean(message)}`);
      if (hint !== undefined) print(`${paint("hint:", CYAN)} ${clean(hint)}`);
    },
  };
}

/** Makes an error readable on a terminal: code, message, hint. */
export function renderError(
  error: { code: string; message: string; hint: string | undefined },
  color: boolean,
): string {
  const paint = createPaint(color);
  const hint = error.hint === undefined ? "" : `${paint("hint:", CYAN)} ${clean(error.hint)}\n`;
  return `${paint("error:", RED)} ${clean(error.message)} [${error.code}]\n${hint}`;
}

interface StepWorld {
  /** Of what is clean already. */
  readonly print: (line: string) => void;
  readonly status: ReturnType<typeof createStatusLines> | undefined;
  readonly verbose: boolean;
  readonly paint: Paint;
}

const SIGN_OF_LIFE_SECONDS = 30;

async function runStep<T>(
  title: string,
  run: (progress: Progress) => Promise<T>,
  world: StepWorld,
): Promise<T> {
  const { print, status, verbose, paint } = world;
  const started = performance.now();
  const line = status?.begin(title);
  if (status === undefined) print(`${title} ...`);
  let lastSaid = started;
  const progress: Progress = (detail, done, total) => {
    const text = `${clean(detail)}${countOf(done, total)}`;
    line?.update(text);
    const quiet = performance.now() - lastSaid;
    if (!verbose && (status !== undefined || quiet < SIGN_OF_LIFE_SECONDS * 1000)) return;
    print(`${title}: ${text}`);
    lastSaid = performance.now();
  };
  try {
    const result = await run(progress);
    line?.end();
    print(`${title}: ${paint("done", GREEN)} in ${secondsSince(started)}`);
    return result;
  } catch (error) {
    line?.end();
    print(`${title}: ${paint("failed", RED)} after ${secondsSince(started)}`);
    throw error;
  }
}

function countOf(done: number | undefined, total: number | undefined): string {
  if (done === undefined) return "";
  return total === undefined ? ` (${done})` : ` (${done}/${total})`;
}

function secondsSince(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/** Names of files and output of programs come from outside: they must not drive the terminal. */
function clean(text: string): string {
  return redactSecrets(text).replaceAll(/[^\P{Cc}\n\t]/gu, "�");
}

type Paint = (text: string, color: number) => string;

const [RED, GREEN, YELLOW, CYAN] = [31, 32, 33, 36];

function createPaint(color: boolean): Paint {
  return (text, code) => (color ? `\u001B[${code}m${text}\u001B[0m` : text);
}
