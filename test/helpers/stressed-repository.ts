import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRepository } from "../../src/repository/open.ts";
import { addPackages } from "../../src/repository/operations/add.ts";
import { listPackages } from "../../src/repository/operations/list.ts";
import { listReleases } from "../../src/repository/operations/rollback.ts";
import { verifyRepository, type Fault } from "../../src/repository/operations/verify.ts";
import { serveRepository } from "../../src/repository/serve.ts";
import { writeSettings } from "../../src/repository/settings.ts";
import { inProcessSigner } from "../../src/repository/sign/in-process.ts";
import { startAptClient, type LoopingClient } from "./apt-client.ts";
import { rawDeb } from "./raw-deb.ts";
import { testKey } from "./signing.ts";
import { runStressed, type Ended, type Fate } from "./stressed-cli.ts";
import { tempFiles } from "./temp-files.ts";
import { bucketEnvironment, hostWith, startVersitygw } from "./versitygw.ts";

/** A repository that many publish in, each by the program, with the suites testing, stable and canary. */
export interface StressedRepository {
  readonly url: string;
  /** `repo("add", "testing", …)`: the command's words, then what follows the URL. */
  repo(command: string, args: readonly string[], fate?: Fate): Promise<Ended>;
  /** The same, that has to go well. */
  done(command: string, ...args: readonly string[]): Promise<string>;
  /** Adds packages from within the tests' own process, which takes a tenth of the time. */
  add(suite: string, ...debs: readonly string[]): Promise<void>;
  /** Writes a package of any machine; gives its path. */
  deb(name: string, version: string): string;
  /** `NAME VERSION` of a suite. */
  listed(suite: string): Promise<string[]>;
  /** Identifiers, the newest first. */
  releases(suite: string): Promise<string[]>;
  faults(): Promise<readonly Fault[]>;
  client(packages: readonly string[], pause?: number): Promise<LoopingClient>;
}

export const SUITES = ["testing", "stable", "canary"];

export type Place = "folder" | "bucket";

/** Empty; files that nothing names are taken after `graceSeconds`. */
export async function stressedRepository(
  place: Place,
  options: {
    readonly graceSeconds?: number;
    readonly folder?: string;
    /** Between the publishers and the bucket. */
    readonly proxy?: (endpoint: string) => Promise<{ readonly endpoint: string }>;
  } = {},
): Promise<StressedRepository> {
  const { graceSeconds = 3600, proxy } = options;
  const home = await tempFiles();
  const key = await testKey();
  writeFileSync(join(home, "key.asc"), key.privateKey);
  const store = place === "folder" ? undefined : await startVersitygw();
  const url = store === undefined ? (options.folder ?? join(home, "apt")) : `s3://${store.bucket}/apt`;
  const host = hostWith(store?.env ?? {});
  const way = store && proxy && bucketEnvironment((await proxy(store.endpoint)).endpoint);
  const env = { VENVDEB_SIGNING_KEY: join(home, "key.asc"), ...(way ?? store?.env) };
  const repo: StressedRepository["repo"] = async (command, args, fate) =>
    runStressed(["repo", ...command.split(" "), url, ...args], env, fate);
  const done: StressedRepository["done"] = async (command, ...args) => {
    const { outcome, stdout, stderr } = await repo(command, args);
    if (outcome !== "done") throw new Error(`repo ${command} ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const suites = SUITES.flatMap((suite) => ["--suite", suite]);
  await done("init", ...suites, "--origin", "Stress", "--label", "Stress", "--arch", "amd64");
  const opened = await openRepository(url, host);
  const retention = { ...opened.settings.retention, graceHours: graceSeconds / 3600 };
  await writeSettings(opened.storage, { ...opened.settings, retention }, opened.settingsVersion);
  const signers = [await inProcessSigner("the test's key", key, undefined)];
  const server = await serveRepository(opened.storage);
  onTestFinished(server.close);
  const open = async () => openRepository(url, host);
  return {
    url,
    repo,
    done,
    add: async (target, ...paths) => {
      await addPackages(await open(), { target, paths, cwd: home, jobs: 2, signers });
    },
    deb: (name, version) => writeDeb(join(home, "debs"), name, version),
    listed: async (target) => {
      const packages = await listPackages(await open(), { target, allVersions: true });
      return packages.map((each) => `${each.name} ${each.version}`);
    },
    releases: async (suite) => (await listReleases(await open(), suite)).map(({ id }) => id),
    faults: async () => (await verifyRepository(await open(), { jobs: 8 })).faults,
    client: async (packages, pause = 0) => {
      const { certificate } = key;
      const client = await startAptClient({ url: server.url, suites: SUITES, certificate, packages, pause });
      onTestFinished(async () => client.stop());
      return client;
    },
  };
}

function writeDeb(folder: string, name: string, version: string): string {
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: Jane Doe <jane@example.org>\nDescription: stress\n`;
  const path = join(folder, `${name}_${version}_all.deb`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, rawDeb([{ name: "./control", data: control }], [{ name: `./${name}`, data: path }]));
  return path;
}
