import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { changeLine, writeProject, type App, type Project } from "../apps.ts";
import { alternate, type Contestant, type Row } from "../measure.ts";
import { dhVirtualenv, nfpm, pex, shiv, sizeOf, type Peer, type Tools } from "../peers.ts";
import { forgetOwn, run, venvdeb } from "../venvdeb.ts";

export interface AppOptions {
  readonly work: string;
  readonly runs: number;
  readonly jobs: number;
  readonly peers: readonly Peer[];
  readonly tools: Tools;
  readonly say: (text: string) => void;
}

/**
 * One application: our builds, cold and warm, the floors under them, and the peers, in turn. Everybody's downloads are
 * there before the first run.
 */
export async function measureApp(
  app: App,
  options: AppOptions,
): Promise<{ rows: Row[]; facts: Record<string, string | number> }> {
  const work = join(options.work, app.name);
  mkdirSync(work, { recursive: true });
  const cache = join(work, "cache");
  mkdirSync(cache, { recursive: true });
  const project = writeProject(app, work, `bench-${app.name}`, options.tools.uv);
  const second = writeProject(app, work, `bench-${app.name}-second`, options.tools.uv);
  const output = join(work, "out");
  options.say(`${app.name}: the first build, which fetches`);
  const deb = build(project, output, cache, options.jobs);
  const tree = join(work, "tree");
  unpack(deb, tree);
  execFileSync("sh", ["-c", 'dpkg-deb --fsys-tarfile "$0" >"$1"', deb, join(work, "tree.tar")]);
  const world = { ...options, work, cache, project, second, output, deb, tree };
  const peers = options.peers.flatMap((peer) => peerContestants(peer, world));
  const others = [...floors(world), ...peers];
  for (const one of others) if (one.fetches === true) await warmUp(one, options.say);
  const rows = await alternate([...ours(world), ...others], options.runs, (text) =>
    options.say(`${app.name}: ${text}`),
  );
  return { rows, facts: describeTree(tree, join(work, "tree.tar"), project) };
}

interface World extends AppOptions {
  readonly cache: string;
  readonly project: Project;
  readonly second: Project;
  readonly output: string;
  readonly deb: string;
  readonly tree: string;
}

/** In this order: each leaves the cache as the next one is meant to find it. */
function ours(world: World): Contestant[] {
  const { project, second, work, cache, jobs } = world;
  const target = join(work, "measured");
  const contestant = (
    name: string,
    of: Project,
    prepare: (round: number) => void,
    options: readonly string[] = [],
  ): Contestant => ({
    name: `venvdeb ${name}`,
    prepare: async (round) => prepare(round),
    command: venvdeb(["build", of.directory, "-o", target, "--jobs", String(jobs), ...options], cache),
    size: () => statSync(join(target, debName(target, of.name))).size,
  });
  const empty = () => {
    forgetOwn(cache);
    rmSync(target, { recursive: true, force: true });
  };
  return [
    contestant("zstd, cold", project, empty, ["--compression", "zstd"]),
    contestant("xz, cold", project, empty),
    contestant("xz, a second project", second, (round) => changeLine(second, `second ${round}`)),
    contestant("xz, one changed line", project, (round) => changeLine(project, `changed ${round}`)),
    contestant("xz, nothing changed", project, () => undefined),
  ];
}

function debName(folder: string, name: string): string {
  const names = execFileSync("ls", [folder], { encoding: "utf8" }).split("\n");
  return names.find((one) => one.startsWith(`${name}_`) && one.endsWith(".deb")) ?? name;
}

/** What nobody can do without: the compressor over the same bytes, the project's wheel, reading the inputs. */
function floors({ work, project, deb, tree, jobs, tools }: World): Contestant[] {
  const shell = (name: string, script: string, ...args: readonly string[]): Contestant => ({
    name,
    command: { file: "sh", args: ["-ec", script, ...args], cwd: work },
  });
  const packed = join(work, "packed");
  const fresh = (folder: string) => async () => {
    rmSync(join(work, folder), { recursive: true, force: true });
    mkdirSync(join(work, folder));
  };
  return [
    shell("floor: xz -6 of the tree", `xz -6 -T"$0" -c tree.tar >tree.tar.xz`, String(jobs)),
    {
      ...shell(
        "floor: dpkg-deb -Zxz of the tree",
        `dpkg-deb --root-owner-group --threads-max="$2" -Zxz -b "$0" "$1"`,
        tree,
        packed,
        String(jobs),
      ),
      prepare: fresh("packed"),
      size: () => sizeOf(packed, ".deb"),
    },
    {
      ...shell(
        "floor: the project's wheel and the package's bytes",
        `rm -rf wheel; "$0" build --quiet --wheel --python /usr/bin/python3 -o wheel "$1"; cp "$2" written.deb; sync written.deb`,
        tools.uv,
        project.directory,
        deb,
      ),
      fetches: true,
    },
    shell(
      "floor: hashing the inputs and the package",
      `find "$0" -type f -exec sha256sum {} + >inputs.txt; sha256sum "$1" >>inputs.txt`,
      project.directory,
      deb,
    ),
    { ...shell("installing ours", INSTALL, deb), prepare: fresh("installed") },
    { ...shell("installing dpkg-deb's", INSTALL, join(packed, basename(deb))), prepare: fresh("installed") },
  ];
}

/** Everything of an installation but the maintainer scripts, which are the same ones in both packages. */
const INSTALL = `mkdir -p installed/var/lib/dpkg/info installed/var/lib/dpkg/updates
  touch installed/var/lib/dpkg/status
  as_root=; [ "$(id -u)" = 0 ] || as_root="unshare -r"
  $as_root dpkg --root="$PWD/installed" --log=/dev/null --force-depends --unpack "$0"`;

function peerContestants(peer: Peer, { project, work, tree, tools }: World): Contestant[] {
  switch (peer) {
    case "dh-virtualenv":
      return [dhVirtualenv(project, work)];
    case "nfpm":
      return [nfpm(tools.nfpm, tree, work, "xz"), nfpm(tools.nfpm, tree, work, "zstd")];
    case "pex":
      return [pex(tools.pex, project, work)];
    default:
      return [shiv(tools.shiv, project, work)];
  }
}

/** Not counted: it fills the contestant's own cache of downloads. */
async function warmUp({ name, prepare, command }: Contestant, say: (text: string) => void): Promise<void> {
  say(`${name}: a run that fetches`);
  await prepare?.(0);
  execFileSync(command.file, command.args, {
    stdio: "ignore",
    env: { ...process.env, ...command.env },
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  });
}

function build(project: Project, output: string, cache: string, jobs: number): string {
  const lines = run(["build", project.directory, "-o", output, "--jobs", String(jobs)], cache).trim();
  return lines.split("\n").at(-1) ?? "";
}

function unpack(deb: string, tree: string): void {
  rmSync(tree, { recursive: true, force: true });
  execFileSync("dpkg-deb", ["-R", deb, tree]);
}

function describeTree(tree: string, tar: string, { requirementsFile }: Project): Record<string, number> {
  return {
    megabytes: Math.round(statSync(tar).size / 1e6),
    files: count('find "$0" -type f | wc -l', tree),
    distributions: count('grep -c "^[a-z0-9]" "$0"', requirementsFile),
  };
}

function count(script: string, argument: string): number {
  return Number(execFileSync("sh", ["-c", script, argument], { encoding: "utf8" }).trim());
}
