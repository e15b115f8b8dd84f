import { createHash } from "node:crypto";
import pLimit, { type LimitFunction } from "p-limit";
import { messageOf, VenvdebError } from "../../errors.ts";
import { byHashPath, historyFolder, readHead, suiteFolder, type Head } from "../heads.ts";
import type { OpenRepository } from "../publish.ts";
import { readInRelease } from "../sign/release.ts";
import { checkSignatures } from "../sign/verify.ts";
import type { IndexedPackage, ReleaseEntry, Suite } from "../types.ts";
import { distinctFiles } from "./edits.ts";
import { findOrphans } from "./orphans.ts";
import { isPlainIndex } from "./reachable.ts";
import { listedIn, viewRelease } from "./views.ts";

/** Something that a client would stumble over. */
export interface Fault {
  /** `missing`: not there. `tampered`: other bytes. `signature`: not signed by the keys. `stale`: a plain name or a Release
   * that is not the head's, which the next publication puts right. */
  readonly kind: "missing" | "tampered" | "signature" | "stale";
  readonly suite: string;
  readonly path: string;
  readonly problem: string;
}

export interface Verification {
  readonly faults: readonly Fault[];
  /** Objects that no kept release names: not wrong, `repo retain` takes them after the grace. */
  readonly orphans: readonly string[];
  /** Looked at: suites with a release, indexes, packages. */
  readonly checked: { readonly suites: number; readonly indexes: number; readonly packages: number };
}

export interface VerifyOptions {
  /** Sizes alone of packages, not their hashes. */
  readonly quick?: boolean;
  readonly jobs: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Walks from the head of each suite to its indexes and packages, as every client does, and compares sizes and hashes. */
export async function verifyRepository(
  repository: OpenRepository,
  options: VerifyOptions,
): Promise<Verification> {
  const faults: Fault[] = [];
  const packages = new Map<string, { readonly suite: string; readonly listed: IndexedPackage }>();
  const checked = { suites: 0, indexes: 0, packages: 0 };
  const limit = pLimit(options.jobs);
  for (const suite of repository.settings.suites) {
    const found = await verifySuite(repository, suite, limit);
    faults.push(...found.faults);
    checked.suites += found.indexes > 0 ? 1 : 0;
    checked.indexes += found.indexes;
    for (const listed of found.packages)
      packages.set(`${listed.filename} ${listed.sha256}`, { suite: suite.name, listed });
  }
  let done = 0;
  const results = await Promise.all(
    [...packages.values()].map(async ({ suite, listed }) =>
      limit(async () => {
        const fault = await packageFault(repository, listed, options.quick === true);
        options.onProgress?.(++done, packages.size);
        return fault === undefined ? [] : [{ ...fault, suite, path: listed.filename }];
      }),
    ),
  );
  faults.push(...results.flat());
  checked.packages = packages.size;
  return { faults, orphans: faults.length > 0 ? [] : await findOrphans(repository), checked };
}

interface SuiteFindings {
  readonly faults: readonly Fault[];
  readonly packages: readonly IndexedPackage[];
  readonly indexes: number;
}

async function verifySuite(
  repository: OpenRepository,
  suite: Suite,
  limit: LimitFunction,
): Promise<SuiteFindings> {
  const { storage, settings } = repository;
  const folder = suiteFolder(settings, suite);
  const fault = faultIn(suite.name, `${folder}InRelease`);
  try {
    const head = await readHead(storage, settings, suite);
    if (head === undefined) {
      const isLost = await hasHistory(repository, suite);
      const faults = isLost ? [fault("missing", "its releases were published, and the last is gone")] : [];
      return { faults, packages: [], indexes: 0 };
    }
    const entries = await Promise.all(
      head.release.entries.map(async (entry) => limit(async () => entryFaults(repository, head, entry))),
    );
    const faults = [...(await signatureFaults(repository, head)), ...entries.flat()];
    const packages = await packagesIn(repository, head);
    return { faults: [...faults, ...packages.faults], packages: packages.listed, indexes: entries.length };
  } catch (error) {
    if (!(error instanceof VenvdebError)) throw error;
    return { faults: [fault("tampered", error.message)], packages: [], indexes: 0 };
  }
}

async function hasHistory({ storage }: OpenRepository, suite: Suite): Promise<boolean> {
  for await (const _ of storage.list(historyFolder(suite))) return true;
  return false;
}

function faultIn(suite: string, path: string): (kind: Fault["kind"], problem: string) => Fault {
  return (kind, problem) => ({ kind, suite, path, problem });
}

async function signatureFaults({ storage, settings }: OpenRepository, head: Head): Promise<Fault[]> {
  const folder = suiteFolder(settings, head.suite);
  const at = (name: string) => faultIn(head.suite.name, `${folder}${name}`);
  const faults: Fault[] = [];
  await readInRelease(head.inRelease, settings.keys).catch((error: unknown) =>
    faults.push(at("InRelease")("signature", messageOf(error))),
  );
  const release = await storage.read(`${folder}Release`);
  const { text } = head.release;
  if (release?.bytes.toString() !== text)
    faults.push(at("Release")(release === undefined ? "missing" : "stale", "it is not the head's"));
  const detached = await storage.read(`${folder}Release.gpg`);
  if (detached === undefined) return [...faults, at("Release.gpg")("missing", "it is not there")];
  const signatures = await checkSignatures(text, detached.bytes.toString(), "detached", settings.keys);
  const isGood = signatures.some(
    ({ fingerprint, problem }) => fingerprint !== undefined && problem === undefined,
  );
  return isGood ? faults : [...faults, at("Release.gpg")("stale", "it does not sign the head's Release")];
}

/** Under its hash, as apt asks for it, and under its plain name, as other tools do. */
async function entryFaults(
  { storage, settings }: OpenRepository,
  { suite, release }: Head,
  entry: ReleaseEntry,
): Promise<Fault[]> {
  const folder = suiteFolder(settings, suite);
  const isStored = !isPlainIndex(entry) || settings.compressions.includes("plain");
  const named = await storage.read(`${folder}${entry.path}`);
  const hashed = await storage.read(`${folder}${byHashPath(entry)}`);
  const problems: Fault[] = [];
  const at = (path: string) => faultIn(suite.name, `${folder}${path}`);
  if (hashed === undefined && isStored)
    problems.push(at(byHashPath(entry))("missing", `it is the head's ${entry.path}`));
  if (hashed !== undefined && !isEntry(hashed.bytes, entry))
    problems.push(at(byHashPath(entry))("tampered", `SHA-256 ${entry.sha256} is wanted`));
  if (isStored && (named === undefined || !isEntry(named.bytes, entry)))
    problems.push(at(entry.path)("stale", `it is not of the release of ${release.date.toISOString()}`));
  return problems;
}

function isEntry(bytes: Buffer, { size, sha256 }: ReleaseEntry): boolean {
  return bytes.length === size && createHash("sha256").update(bytes).digest("hex") === sha256;
}

async function packagesIn(
  repository: OpenRepository,
  head: Head,
): Promise<{ readonly listed: readonly IndexedPackage[]; readonly faults: readonly Fault[] }> {
  const view = viewRelease(repository, head.suite, head);
  try {
    const listed = await listedIn(repository, { suite: head.suite, component: undefined }, view);
    return { listed: distinctFiles(listed.map((each) => each.listed)), faults: [] };
  } catch (error) {
    if (!(error instanceof VenvdebError)) throw error;
    const path = suiteFolder(repository.settings, head.suite);
    return { listed: [], faults: [faultIn(head.suite.name, path)("tampered", error.message)] };
  }
}

async function packageFault(
  { storage }: OpenRepository,
  { filename, size, sha256 }: IndexedPackage,
  quick: boolean,
): Promise<Pick<Fault, "kind" | "problem"> | undefined> {
  const facts = await storage.stat(filename);
  if (facts === undefined) return { kind: "missing", problem: "an index lists it" };
  if (facts.size !== size)
    return { kind: "tampered", problem: `it has ${facts.size} bytes, and ${size} are listed` };
  if (quick) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of storage.stream(filename)) hash.update(chunk);
  const found = hash.digest("hex");
  if (found === sha256) return undefined;
  return { kind: "tampered", problem: `its SHA-256 is ${found}, and ${sha256} is listed` };
}
