import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { APPS } from "./apps.ts";
import { PEERS, type Peer, type Tools } from "./peers.ts";
import { keepResults, ORDER, writePage } from "./report/write.ts";
import { describeMachine, type SuiteResults } from "./results.ts";
import { measureApp } from "./suites/app.ts";
import { measureGrowth } from "./suites/growth.ts";
import { measureRepository } from "./suites/repository.ts";
import { measureStart } from "./suites/start.ts";
import { PROGRAM } from "./venvdeb.ts";

const usage = `usage: npm run bench -- [OPTION...]

  --only SUITES       some of ${ORDER.join(", ")}; default: all
  --runs N            of each contestant, in turn; default: 1 of what grows or is large, 15 of start, 3 of the others
  --peers PEERS       some of ${PEERS.join(", ")}, or "none"; default: all
  --jobs N            programs at once; default: one a core
  --most-megabytes N  leave out larger points of growth; default: 3000
  --packages N        packages of the repository; default: 10000, and 100000 of the large one
  --into FOLDER       where README.md and results/ are; default: bench
  --render            measure nothing: make tables and drawings anew
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

const RUNS: Readonly<Record<string, number>> = { start: 15, growth: 1, "large-repository": 1 };

const { values } = parseArgs({
  options: {
    only: { type: "string", default: ORDER.join(",") },
    runs: { type: "string" },
    peers: { type: "string", default: PEERS.join(",") },
    jobs: { type: "string", default: String(availableParallelism()) },
    "most-megabytes": { type: "string", default: "3000" },
    packages: { type: "string" },
    into: { type: "string", default: "bench" },
    render: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(usage);
else if (values.render) writePage(values.into);
else for (const suite of chosenOf(values.only, ORDER)) await runSuite(suite);

async function runSuite(suite: string): Promise<void> {
  const work = resolve(".cache/bench-work");
  mkdirSync(work, { recursive: true });
  const common = { work, runs: Number(values.runs ?? RUNS[suite] ?? 3), jobs: Number(values.jobs), say };
  const head = {
    suite,
    machine: describeMachine(VERSIONS),
    command: `npm run bench -- --only ${suite}${values.runs === undefined ? "" : ` --runs ${values.runs}`}`,
  };
  keepResults(values.into, { ...head, ...(await measureSuite(suite, common)) });
  writePage(values.into);
}

async function measureSuite(
  suite: string,
  common: { work: string; runs: number; jobs: number; say: (text: string) => void },
): Promise<Pick<SuiteResults, "title" | "facts" | "rows" | "series">> {
  if (suite === "start")
    return { title: "Start and plan", ...(await measureStart(common.work, common.runs, say)) };
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
      ...(await measureRepository({ ...common, count: Number(values.packages ?? 10_000), withPeers: true })),
    };
  if (suite === "large-repository")
    return {
      title: "Large repository",
      ...(await measureRepository({
        ...common,
        count: Number(values.packages ?? 100_000),
        withPeers: false,
      })),
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
