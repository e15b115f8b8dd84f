import { VenvdebError } from "../errors.ts";
import type { LockedDistribution, PackagePlan } from "../plan/types.ts";
import { parseWheelFilename } from "../python/wheel.ts";
import type { Host } from "../effects/host.ts";
import type { Reporter } from "../reporter.ts";
import { chooseInstaller } from "./installers/choose.ts";
import type { Installer } from "./installers/types.ts";

/** What will be installed besides the project, and by what. */
export interface ResolvedRequirements {
  readonly installer: Installer;
  readonly distributions: readonly LockedDistribution[];
}

/**
 * What will be installed besides the project: the lock, or what the installer finds for loose requirements. A lock
 * that has digests but no files (a requirements file) is completed with the index's files of just those digests.
 * @throws VenvdebError INSTALL_RESOLVE_FAILED, INSTALL_HASH_MISMATCH, TOOL_UV_MISSING, TOOL_PIP_MISSING
 */
export async function resolveRequirements(
  plan: PackagePlan,
  { host, reporter }: { readonly host: Host; readonly reporter: Reporter },
): Promise<ResolvedRequirements> {
  const installer = await chooseInstaller(plan, host, reporter);
  return { installer, distributions: await resolve(plan, installer, reporter) };
}

async function resolve(
  plan: PackagePlan,
  installer: Installer,
  reporter: Reporter,
): Promise<readonly LockedDistribution[]> {
  const { requirements } = plan;
  if (requirements.kind === "locked")
    return await locateFiles(
      requirements.distributions.filter(({ name }) => name !== plan.project.name),
      installer,
    );
  if (requirements.requirements.length === 0 && requirements.files.length === 0) return [];
  const found = await reporter.step(
    "Find versions (nothing is locked)",
    async () => await installer.resolve(requirements),
  );
  return found.filter(({ name }) => name !== plan.project.name);
}

async function locateFiles(
  distributions: readonly LockedDistribution[],
  installer: Installer,
): Promise<readonly LockedDistribution[]> {
  const byIndex = new Map<string, LockedDistribution[]>();
  for (const one of distributions.filter(needsFiles)) {
    const index = one.source.kind === "index" ? (one.source.index ?? "") : "";
    byIndex.set(index, [...(byIndex.get(index) ?? []), one]);
  }
  const byName = new Map<string, LockedDistribution>();
  for (const [index, wanted] of byIndex) {
    const request = { requirements: wanted.map(pinnedLine), files: [], noDependencies: true };
    for (const one of await installer.resolve({ ...request, ...(index === "" ? {} : { index }) }))
      byName.set(one.name, one);
  }
  return distributions.map((one) => (needsFiles(one) ? withFiles(one, byName.get(one.name)) : one));
}

function needsFiles({ source }: LockedDistribution): boolean {
  return (
    source.kind === "index" && source.files.every(({ url, path }) => url === undefined && path === undefined)
  );
}

/** Where some files have the digests and some not, only the former are looked at. */
function pinnedLine({ name, version, source }: LockedDistribution): string {
  const files = source.kind === "index" ? source.files : [];
  const hashes = files.flatMap((file) => Object.entries(file.hashes));
  const options = hashes.map(([algorithm, digest]) => ` --hash=${algorithm}:${digest}`);
  return `${name}==${version ?? ""}${options.join("")}`;
}

/** Only files that the lock has the digest of. */
function withFiles(locked: LockedDistribution, found: LockedDistribution | undefined): LockedDistribution {
  if (locked.source.kind !== "index" || found?.source.kind !== "index") return locked;
  const digests = new Set(
    locked.source.files.flatMap(({ hashes }) => Object.values(hashes).map((one) => one.toLowerCase())),
  );
  const files = found.source.files.filter(({ hashes }) =>
    Object.values(hashes).some((one) => digests.has(one.toLowerCase())),
  );
  if (files.length > 0) return { ...locked, source: { kind: "index", files } };
  const names = found.source.files.map(({ filename }) => filename).join(", ");
  throw new VenvdebError(
    "INSTALL_HASH_MISMATCH",
    `Cannot install "${locked.name} ${locked.version ?? ""}": no file of the index has a digest of the lock (it offers ${names})`,
    { hint: wheelHint(names) },
  );
}

function wheelHint(names: string): string {
  return parseWheelFilename(names.split(", ")[0] ?? "")
    ? "lock again: the index has other files now, or the lock was made for another machine"
    : "lock again: the index has other files now";
}
