import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { publishSuite, type OpenRepository } from "../../src/repository/publish.ts";
import { writeSettings } from "../../src/repository/settings.ts";
import { inProcessSigner } from "../../src/repository/sign/in-process.ts";
import { createKey } from "../../src/repository/sign/keys.ts";
import type { Signer } from "../../src/repository/sign/types.ts";
import { openDirectory } from "../../src/repository/storage/directory.ts";
import type {
  IndexEdit,
  IndexedPackage,
  Published,
  RepositorySettings,
  Suite,
} from "../../src/repository/types.ts";
import { tempFiles } from "./temp-files.ts";

export interface RepositoryFixture {
  readonly folder: string;
  readonly repository: OpenRepository;
  readonly suite: Suite;
  readonly signers: readonly Signer[];
  readonly key: { readonly fingerprint: string; readonly privateKey: string };
}

const SUITE: Suite = {
  name: "stable",
  codename: "bookworm",
  components: ["main"],
  architectures: ["amd64"],
};

export const SETTINGS: RepositorySettings = {
  format: 1,
  origin: "Example",
  label: "Example packages",
  layout: "pool",
  suites: [SUITE],
  compressions: ["gz", "xz"],
  contents: false,
  retention: { graceHours: 48, releases: 3 },
  keys: [],
  severalPublishers: true,
};

/** A repository with settings and a key in a folder of its own, without a release. */
export async function emptyRepository(
  changes: Partial<RepositorySettings> = {},
  suiteChanges: Partial<Suite> = {},
): Promise<RepositoryFixture> {
  const folder = await tempFiles();
  const storage = await openDirectory(folder);
  const key = await createKey({ name: "Example archive", algorithm: "ed25519" });
  const { fingerprint, certificate, privateKey } = key;
  const suite = { ...SUITE, ...suiteChanges };
  const keys = [{ fingerprint, certificate, status: "signing" }] as const;
  const settings = { ...SETTINGS, suites: [suite], keys, ...changes };
  const settingsVersion = await writeSettings(storage, settings, undefined);
  const signers = [await inProcessSigner("the test's key", { fingerprint, privateKey }, undefined)];
  return {
    folder,
    repository: { storage, settings, settingsVersion },
    suite,
    signers,
    key: { fingerprint, privateKey },
  };
}

/** Puts files of the right size where packages say they are. */
export function fillPool(folder: string, packages: readonly IndexedPackage[]): void {
  const bytes = randomBytes(4096);
  for (const { filename, size } of packages) {
    mkdirSync(dirname(join(folder, filename)), { recursive: true });
    writeFileSync(join(folder, filename), bytes.subarray(0, size));
  }
}

/** The edit of one index. */
export function edit(
  add: readonly IndexedPackage[],
  remove: readonly IndexedPackage[] = [],
  place: { readonly component?: string; readonly architecture?: string } = {},
): IndexEdit {
  return { component: "main", architecture: "amd64", ...place, add, remove };
}

/** Puts packages into the pool and publishes them. */
export async function publishPackages(
  fixture: RepositoryFixture,
  packages: readonly IndexedPackage[],
): Promise<Published> {
  fillPool(fixture.folder, packages);
  const { repository, suite, signers } = fixture;
  return await publishSuite(repository, suite, async () => [edit(packages)], { signers });
}
