/**
 * What a build costs on a machine whose cache is empty, when no other machine has made its layers, when one has, and a
 * commit later. docs/scaling.md has the figures of one machine.
 * Usage: node bench/layers.js [PROJECT…]   after `npm run build`. Each package is held against that of the first build.
 */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readHost } from "../dist/effects/host.js";

const given = process.argv.slice(2);
const projects = given.length > 0 ? given : ["hello-web", "forecast"].map((name) => `sample-apps/${name}`);
const folder = mkdtempSync(join(tmpdir(), "venvdeb-bench-"));
const program = join(import.meta.dirname, "../bin/venvdeb.js");
// uv itself is no layer: a worker has it from its image, or once.
const tools = join(readHost().cacheDirectory, "tools");

try {
  process.stdout.write(
    "| project | distributions | layers | nobody has them | another machine has | a commit later |\n",
  );
  process.stdout.write("| --- | --- | --- | --- | --- | --- |\n");
  for (const project of projects) process.stdout.write(`| ${measure(project).join(" | ")} |\n`);
} finally {
  rmSync(folder, { recursive: true });
}

function measure(project) {
  const name = basename(project);
  const copy = join(folder, name, "project");
  cpSync(project, copy, { recursive: true });
  const shared = join(folder, name, "shared");
  mkdirSync(shared);
  const machine = (number) => build(copy, { shared, machine: join(folder, name, `machine-${number}`) });
  const first = machine(1);
  const size = sizeOf(shared);
  const second = machine(2);
  if (second.sha256 !== first.sha256) throw new Error(`${name}: the packages differ`);
  changeProject(copy);
  const later = machine(3);
  const megabytes = `${(size / 1e6).toFixed(1)} MB`;
  const figures = [first, second, later].map(({ cpu, installed }) => `${cpu.toFixed(1)} (${installed})`);
  return [name, first.distributions, megabytes, ...figures];
}

function build(project, { shared, machine }) {
  mkdirSync(machine, { recursive: true });
  if (existsSync(tools)) cpSync(tools, join(machine, "tools"), { recursive: true });
  const env = {
    ...process.env,
    CI: "1",
    SOURCE_DATE_EPOCH: "1700000000",
    VENVDEB_SHARED_CACHE: shared,
    VENVDEB_CACHE_DIR: machine,
  };
  const command = ["-c", 'TIMEFORMAT="cpu %U %S"; time "$@"', "time", process.execPath, program, "build"];
  const { status, stdout, stderr } = spawnSync(
    "bash",
    [...command, "--json", "-o", join(machine, "out"), project],
    { env, encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(stderr);
  const [report] = JSON.parse(stdout);
  const [, user, system] = /^cpu (\S+) (\S+)$/m.exec(stderr) ?? [];
  const [, installed = "0"] = /Install (\d+) distributions?/.exec(stderr) ?? [];
  const distributions = report.layers.filter(({ id }) => id.startsWith("dist:")).length;
  return { sha256: report.sha256, cpu: Number(user) + Number(system), installed, distributions };
}

/** A new line at the end of the first module that is found. */
function changeProject(copy) {
  const modules = readdirSync(copy, { recursive: true }).filter((path) => path.endsWith(".py"));
  const first = modules.reduce((one, other) => (other < one ? other : one));
  appendFileSync(join(copy, first), "\n# A commit later.\n");
}

function sizeOf(path) {
  return readdirSync(path, { recursive: true })
    .map((name) => statSync(join(path, name)))
    .reduce((sum, each) => sum + (each.isFile() ? each.size : 0), 0);
}
