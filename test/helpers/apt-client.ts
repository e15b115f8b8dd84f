import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { privateApt } from "./private-apt.ts";

/** A machine that reads a repository again and again. */
export interface LoopingClient {
  /** Rounds so far, each an update and an installation. */
  rounds(): number;
  /** What apt said in the rounds that went wrong; warnings are wrong. */
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

export interface ClientOptions {
  readonly url: string;
  readonly suites: readonly string[];
  /** Armoured. */
  readonly certificate: string;
  /** What it installs, always in the newest version; they have no dependencies and no scripts. */
  readonly packages: readonly string[];
  /** Longest pause between its update and its installation, in milliseconds. */
  readonly pause?: number;
}

/**
 * `apt-get update` and `apt-get install`, over and over, into a root of its own: in one round into an empty one, in the
 * next an upgrade of that.
 */
export async function startAptClient(options: ClientOptions): Promise<LoopingClient> {
  const { url, suites, certificate, packages, pause = 0 } = options;
  const source = `Types: deb\nURIs: ${url}\nSuites: ${suites.join(" ")}\nComponents: main\nArchitectures: amd64\nSigned-By: /usr/share/keyrings/stress.asc\n`;
  const { root } = await privateApt({
    "/etc/apt/sources.list.d/stress.sources": source,
    "/usr/share/keyrings/stress.asc": certificate,
  });
  await mkdir(join(root, "var/log/apt"), { recursive: true });
  const failures: string[] = [];
  let rounds = 0;
  const end = new AbortController();
  const loop = (async () => {
    for (; !end.signal.aborted; rounds++) {
      if (rounds % 2 === 0) await emptyRoot(root);
      const update = await aptGet(root, ["update"]);
      await setTimeout(Math.random() * pause);
      const install = await aptGet(root, ["install", "--yes", "--allow-downgrades", ...packages]);
      const faults = [update, install].filter((said) => said !== undefined);
      if (faults.length === 0) faults.push(...(await missingFrom(root, packages, rounds % 2 === 0)));
      failures.push(...faults);
    }
  })();
  return {
    rounds: () => rounds,
    failures,
    stop: async () => {
      end.abort();
      await loop;
    },
  };
}

/** Without packages, and without files of theirs that were downloaded before. */
async function emptyRoot(root: string): Promise<void> {
  const archives = join(root, "cache/archives");
  for (const name of await readdir(archives)) if (name.endsWith(".deb")) await rm(join(archives, name));
  const database = join(root, "machine/var/lib/dpkg");
  await rm(join(root, "machine"), { recursive: true, force: true });
  for (const folder of ["info", "updates", "triggers"])
    await mkdir(join(database, folder), { recursive: true });
  await writeFile(join(database, "status"), "");
}

async function missingFrom(root: string, packages: readonly string[], isFresh: boolean): Promise<string[]> {
  const downloaded = (await readdir(join(root, "cache/archives"))).filter((name) => name.endsWith(".deb"));
  const status = await readFile(join(root, "machine/var/lib/dpkg/status"), "utf8");
  const installed = status.match(/^Status: install ok installed$/gm) ?? [];
  const faults = installed.length === packages.length ? [] : [`installed: ${status}`];
  return isFresh && downloaded.length < packages.length
    ? [...faults, `downloaded: ${downloaded.join(" ")}`]
    : faults;
}

/** Nothing, or what it said if that is not well. */
async function aptGet(root: string, args: readonly string[]): Promise<string | undefined> {
  const env = { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", APT_CONFIG: join(root, "apt.conf") };
  const machine = join(root, "machine");
  const options = [
    `Dir::State::status=${machine}/var/lib/dpkg/status`,
    `DPkg::Options::=--root=${machine}`,
    "DPkg::Use-Pty=0",
  ];
  const child = spawn("apt-get", [...options.flatMap((option) => ["-o", option]), ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return code === 0 && !/^[WE]:/m.test(said) ? undefined : `apt-get ${args.join(" ")}: ${code}\n${said}`;
}
