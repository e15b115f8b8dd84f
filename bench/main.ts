import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { APPS } from "./apps.ts";
import { PEERS, type Peer, type Tools } from "./peers.ts";
import { ORDER, writeResults } from "./report/write.ts";
import { describeMachine, type SuiteResults } from "./results.ts";
import { measureApp } from "./suites/app.ts";
import { measureGrowth } from "./suites/growth.ts";
import { measureRepository } from "./suites/repository.ts";
import { measureStart } from "./suites/start.ts";
import { PROGRAM } from "./venvdeb.ts";

const usage = `usage: npm run bench -- [OPTION...]

  --only SUITES       some of ${ORDER.join(", ")}; default: all
  --runs N            of each contestant, in turn; default: 3
  --peers PEERS       some of ${PEERS.join(", ")}, or "none"; default: all
  --jobs N            programs at once; default: one a core
  --most-megabytes N  leave out larger points of growth; default: 3000
  --packages N        packages of the repository; default: 10000
  --results FOLDER    default: bench/results
`;

const programs = resolve(".cache/tools");
const TOOLS: Tools = {
  uv: join(programs, "bench/bin/uv"),
  nfpm: join(programs, "nfpm"),
  pex: join(programs, "bench/bin/pex"),
  shiv: join(programs, "bench/bin/shiv"),
};

const VERSIONS = {
  venvdeb: [process.execPath, PROGRAM, "--version"],
  node: [process.execPath, "--version"],
  python: ["/usr/bin/python3", "--version"],
  xz: ["xz", "--version"],
  dpkg: ["dpkg-deb", "--version"],
  "dh-virtualenv": ["dpkg-query", "-W", "-f", "${Version}", "dh-virtualenv"],
  debhelper: ["dpkg-query", "-W", "-f", "${Version}", "debhelper"],
  nfpm: [TOOLS.nfpm, "--version"],
  pex: [TOOLS.pex, "--version"],
  shiv: [TOOLS.shiv, "--version"],
  uv: [TOOLS.uv, "--version"],
  aptly: ["dpkg-query", "-W", "-f", "${Version}", "aptly"],
  reprepro: ["dpkg-query", "-W", "-f", "${Version}", "reprepro"],
  "apt-utils": ["dpkg-query", "-W", "-f", "${Version}", "apt-utils"],
} as const;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: ORDER.join(",") },
    runs: { type: "string", default: "3" },
    peers: { type: "string", default: PEERS.join(",") },
    jobs: { type: "string", default: String(availableParallelism()) },
    "most-megabytes": { type: "string", default: "3000" },
    packages: { type: "string", default: "10000" },
    results: { type: "string", default: "bench/results" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(usage);
else for (const suite of chosenOf(values.only, ORDER)) await runSuite(suite);

async function runSuite(suite: string): Promise<void> {
  const work = resolve(".cache/bench-work");
  mkdirSync(work, { recursive: true });
  const [runs, jobs] = [Number(values.runs), Number(values.jobs)];
  const common = { work, runs, jobs, say };
  const head = {
    suite,
    machine: describeMachine(VERSIONS),
    command: `npm run bench -- --only ${suite} --runs ${runs}`,
  };
  writeResults(values.results, { ...head, ...(await measureSuite(suite, common)) });
}

async function measureSuite(
  suite: string,
  common: { work: string; runs: number; jobs: number; say: (text: string) => void },
): Promise<Pick<SuiteResults, "title" | "facts" | "rows" | "series">> {
  const { work, runs } = common;
  if (suite === "start")
    return { title: "Start and plan", ...(await measureStart(work, Math.max(7, runs), say)) };
  if (suite === "growth") {
    const mostMegabytes = Number(values["most-megabytes"]);
    return {
      title: "Growth",
      facts: {},
      rows: [],
      series: await measureGrowth({ ...common, mostMegabytes }),
    };
  }
  if (suite === "repository")
    return {
      title: "Repository",
      ...(await measureRepository({ ...common, count: Number(values.packages) })),
    };
  const app = APPS.find(({ name }) => name === suite);
  if (app === undefined) throw new Error(`No suite is named "${suite}"\n${usage}`);
  const peers = values.peers === "none" ? [] : chosenOf<Peer>(values.peers, PEERS);
  return {
    title: `${app.name}: ${app.says}`,
    ...(await measureApp(app, { ...common, peers, tools: TOOLS })),
  };
}

function chosenOf<T extends string>(text: string, known: readonly T[]): T[] {
  return text.split(",").map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined) throw new Error(`"${name}" is none of ${known.join(", ")}\n${usage}`);
    return found;
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
