import { join } from "node:path";
import { lstatSync, readdirSync, readFileSync } from "../effects/fs.ts";
import type { VenvdebError } from "../errors.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { parseMetadata, type CoreMetadata } from "../project/metadata.ts";
import { normalizeName } from "../python/normalize-name.ts";
import { RECORD_ALGORITHMS, rowIsTrue, type RecordRow } from "../relocate/record.ts";
import { listFiles } from "../relocate/files.ts";
import { readRecords, sitePackages, type InstalledRecord } from "../relocate/records.ts";
import { UNHASHED, recordMismatch } from "./wheel-file.ts";

/** One installed distribution whose files are what its wheel said. */
export interface VerifiedDistribution {
  /** Normalised by PEP 503. */
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly distInfo: string;
  readonly metadata: CoreMetadata;
  readonly rows: readonly RecordRow[];
}

/** A path that several distributions bring with different bytes. */
export interface Conflict {
  readonly path: string;
  /** Normalised names, sorted. */
  readonly names: readonly string[];
}

export interface VerifiedEnvironment {
  readonly distributions: readonly VerifiedDistribution[];
  readonly conflicts: readonly Conflict[];
  /** Normalised names of those that bring a path which another brings too, with the same bytes or not. */
  readonly sharing: ReadonlySet<string>;
}

/**
 * Holds every file of a fresh environment against the RECORD of the distribution that brought it: digest, size and
 * place; and nothing may be there that no RECORD lists. Of two that claim a path the one whose digest fits owns it.
 * @throws VenvdebError INSTALL_RECORD_MISMATCH
 */
export function verifyEnvironment(environment: string, interpreter: InterpreterFacts): VerifiedEnvironment {
  const distributions = readRecords(environment, interpreter).map((record) => describe(environment, record));
  const claims = collectClaims(distributions);
  const conflicts: Conflict[] = [];
  const sharing = new Set<string>();
  for (const [path, claimants] of claims) {
    const owners = checkFile(environment, path, claimants);
    if (claimants.length > 1) for (const { name } of claimants) sharing.add(name);
    const isContested = claimants.some(({ row }) => row.hash !== claimants[0]?.row.hash);
    if (isContested) conflicts.push({ path, names: claimants.map(({ name }) => name).toSorted() });
    if (owners.length === 0) throw falseClaim(path, claimants);
  }
  refuseUnlisted(environment, interpreter, claims);
  return { distributions, conflicts, sharing };
}

interface Claim {
  readonly name: string;
  /** `flask-3.1.0`, for messages. */
  readonly title: string;
  readonly distInfo: string;
  readonly row: RecordRow;
}

type Claims = ReadonlyMap<string, readonly Claim[]>;

function describe(environment: string, { distInfo, rows }: InstalledRecord): VerifiedDistribution {
  const title = distInfo.split("/").at(-1) ?? distInfo;
  const metadata = parseMetadata(readText(join(environment, distInfo, "METADATA")));
  const { name: displayName, version } = metadata;
  if (displayName === undefined || version === undefined)
    throw recordMismatch(title, "METADATA", "it has no name and version");
  if (rows.length === 0) throw recordMismatch(title, "RECORD", "it has no RECORD");
  return { name: normalizeName(displayName), displayName, version, distInfo, metadata, rows };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function collectClaims(distributions: readonly VerifiedDistribution[]): Claims {
  const claims = new Map<string, Claim[]>();
  for (const { name, version, distInfo, rows } of distributions)
    for (const row of rows) {
      const title = `${name} ${version}`;
      if (row.path.startsWith("/") || row.path.startsWith("../") || row.path.includes("\0"))
        throw recordMismatch(title, row.path, "its RECORD names a file outside of the environment");
      if (isSkeleton(row.path))
        throw recordMismatch(title, row.path, "it would take the place of a part of the environment");
      if (row.path.endsWith("/")) continue;
      const claim = { name, title, distInfo, row };
      const present = claims.get(row.path);
      if (present) present.push(claim);
      else claims.set(row.path, [claim]);
    }
  return claims;
}

/** The claimants whose row is true of what is there. */
function checkFile(environment: string, path: string, claimants: readonly Claim[]): Claim[] {
  const stats = lstatSync(join(environment, path), { throwIfNoEntry: false });
  if (!stats?.isFile()) return claimants.filter(({ row }) => row.hash === "" && path.endsWith(".pyc"));
  const bytes = readFileSync(join(environment, path));
  return claimants.filter(({ row, distInfo }) => {
    if (row.hash === "" && path.startsWith(`${distInfo}/`) && UNHASHED.has(path.slice(distInfo.length + 1)))
      return true;
    return (row.hash === "" && path.endsWith(".pyc")) || rowIsTrue(row, bytes);
  });
}

function falseClaim(path: string, claimants: readonly Claim[]): VenvdebError {
  const titles = claimants.map(({ title }) => title).join(", ");
  const { hash = "" } = claimants[0]?.row ?? {};
  const algorithm = hash.slice(0, hash.indexOf("="));
  const reason = RECORD_ALGORITHMS.includes(algorithm)
    ? "its bytes are not those of its RECORD"
    : "its RECORD lists it without a usable digest";
  return recordMismatch(titles, path, reason);
}

function refuseUnlisted(environment: string, interpreter: InterpreterFacts, claims: Claims): void {
  for (const path of listFiles(environment)) {
    if (claims.has(path) || isSkeleton(path)) continue;
    const isBytecode = path.includes("/__pycache__/");
    if (isBytecode) continue;
    throw recordMismatch(path.split("/").slice(0, 5).join("/"), path, "no RECORD lists it");
  }
  for (const name of readdirSync(join(environment, sitePackages(interpreter))))
    if (name.endsWith(".egg-info") || name.endsWith(".egg"))
      throw recordMismatch(name, name, "it is installed in the way of eggs, which have no RECORD");
}

/** What `venv` itself makes. */
function isSkeleton(path: string): boolean {
  return (
    path === "pyvenv.cfg" ||
    path === "lib64" ||
    /^bin\/(?:activate(?:\.[a-z]+|_this\.py)?|python(?:3(?:\.\d+)?)?)$/.test(path)
  );
}
