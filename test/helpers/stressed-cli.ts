import { spawn } from "node:child_process";
import { PROGRAM } from "./cli.ts";

/** What becomes of a publisher. */
export interface Fate {
  /**
   * Killed (SIGKILL) at this call of its storage, from 1; `amid` it where that is set, else before it. -1: when a broken
   * one has replaced the head.
   */
  readonly killAt?: number;
  readonly amid?: boolean;
  /** Killed after so many milliseconds. */
  readonly killAfter?: number;
  /**
   * A publisher that is wrong on purpose. `head-first`: it replaces InRelease before the indexes that it names are there.
   * `careless`: it takes no lock and replaces without looking.
   */
  readonly broken?: "head-first" | "careless";
}

export interface Ended {
  readonly outcome: "done" | "killed" | "failed";
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled program in a process of its own, to its end or to the one that its fate has in store. */
export async function runStressed(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  fate: Fate = {},
): Promise<Ended> {
  const { killAt = 0, amid = false, killAfter, broken = "" } = fate;
  const isWrapped = killAt !== 0 || broken !== "";
  const program = isWrapped ? ["--import", HOOK, "--input-type=module", "--eval", START, "--"] : [PROGRAM];
  const child = spawn(process.execPath, [...program, ...args], {
    env: { ...process.env, CI: "", ...env, STRESS: JSON.stringify({ killAt, amid, broken }) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const outcome = signal === "SIGKILL" ? "killed" : code === 0 ? "done" : "failed";
      resolve({ outcome, stdout, stderr });
    });
  });
}

/** Puts `WRAPPER` between the program and its storage, as it loads that. */
const WRAPPER = `
export async function openStorage(...request) {
  const inner = await openReal(...request);
  const { killAt, amid, broken } = JSON.parse(process.env.STRESS);
  let calls = 0;
  const die = () => process.kill(process.pid, "SIGKILL");
  const counted = (call) => (...args) => {
    if (++calls !== killAt) return call(...args);
    if (!amid) die();
    setTimeout(die, Math.random() * 3);
    return call(...args);
  };
  const late = [];
  const wrong = {
    "": {},
    "head-first": {
      create: async (path, content) => {
        if (!path.includes("/by-hash/")) return inner.create(path, content);
        late.push([path, content]);
        return "created";
      },
      replace: async (...head) => {
        const outcome = await inner.replace(...head);
        if (killAt < 0) die();
        await new Promise((wake) => setTimeout(wake, 1500));
        for (const object of late.splice(0)) await inner.create(...object);
        return outcome;
      },
    },
    careless: {
      exclusively: async (run) => run(),
      replace: async (path, content) => {
        await inner.write(path, content);
        return { version: (await inner.read(path)).version };
      },
    },
  }[broken];
  return Object.fromEntries(
    Object.entries({ ...inner, ...wrong }).map(([name, value]) => [
      name,
      typeof value === "function" ? counted(value) : value,
    ]),
  );
}
`;

const LOADER = `
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith("/dist/repository/storage/open.js")) return loaded;
  const source = String(loaded.source).replace("export async function openStorage(", "async function openReal(");
  return { ...loaded, source: source + ${JSON.stringify(WRAPPER)} };
}
`;

const HOOK = asModule(
  `import { register } from "node:module"; register(${JSON.stringify(asModule(LOADER))});`,
);

/** The program in its single modules, of which one can be replaced. */
const START = `
import { main } from ${JSON.stringify(new URL("../../dist/cli.js", import.meta.url).href)};
process.exitCode = await main(process.argv.slice(1));
`;

function asModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
