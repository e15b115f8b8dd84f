import { VenvdebError } from "../errors.ts";
import { compareVersions, parseVersion } from "../python/pep440.ts";
import { dropLostRows, warnOfConflicts, winnersOf } from "./conflicts.ts";
import { removeLitter } from "./create.ts";
import type { Acquired, StepContext } from "./steps.ts";
import { verifyEnvironment, type Conflict, type VerifiedDistribution } from "./verify.ts";
import { verifyPublished } from "./verify-published.ts";
import { readCheckedWheel } from "./wheel-file.ts";

export interface Installation {
  /** The files of distributions that were built here, relative to the environment. */
  readonly built: readonly string[];
  /** Normalised names of distributions that share a path with another: what they are depends on it. */
  readonly sharing: ReadonlySet<string>;
}

/**
 * Installs exactly these wheels and proves it: every file against its RECORD, the set of distributions against what
 * was asked for.
 * @throws VenvdebError INSTALL_FAILED, INSTALL_RECORD_MISMATCH, INSTALL_SET_MISMATCH
 */
export async function installWheels(
  acquired: readonly Acquired[],
  context: StepContext,
): Promise<Installation> {
  const { environment, installer, plan, reporter } = context;
  const wheels = acquired.map(({ wheel }) => wheel);
  for (const { location } of wheels) if ("path" in location) await readCheckedWheel(location.path);
  if (wheels.length > 0) await installer.install(wheels, environment);
  await removeLitter(environment);
  const verified = verifyEnvironment(environment, plan.target.python);
  const { conflicts, sharing } = verified;
  await settleConflicts(conflicts, acquired, context);
  // Reading and hashing everything once more is for what was written once more.
  const { distributions } =
    conflicts.length === 0 ? verified : verifyEnvironment(environment, plan.target.python);
  await verifyPublished(environment, distributions, installer);
  await dropLostRows(environment, distributions, conflicts);
  warnOfConflicts(conflicts, reporter);
  refuseOtherSet(acquired, distributions);
  const local = new Set(acquired.filter(({ origin }) => origin !== "index").map(({ wheel }) => wheel.name));
  return {
    sharing,
    built: distributions
      .filter(({ name }) => local.has(name))
      .flatMap(({ rows }) => rows.map(({ path }) => path)),
  };
}

/** Installers work on several wheels at once, so who wrote last is chance: the last by name writes once more. */
async function settleConflicts(
  conflicts: readonly Conflict[],
  acquired: readonly Acquired[],
  { installer, environment }: StepContext,
): Promise<void> {
  for (const winner of winnersOf(conflicts)) {
    const wheels = acquired.map(({ wheel }) => wheel).filter(({ name }) => name === winner);
    await installer.install(wheels, environment, { again: true });
    await removeLitter(environment);
  }
}

function refuseOtherSet(acquired: readonly Acquired[], installed: readonly VerifiedDistribution[]): void {
  const wanted = new Map(acquired.map(({ wheel, version }) => [wheel.name, version]));
  const found = new Map(installed.map(({ name, version }) => [name, version]));
  const problems = [
    ...[...wanted.keys()].filter((name) => !found.has(name)).map((name) => `${name} is missing`),
    ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} was not asked for`),
    ...[...wanted].flatMap(([name, version]) => describeOther(name, version, found.get(name))),
  ];
  if (problems.length > 0)
    throw new VenvdebError(
      "INSTALL_SET_MISMATCH",
      `Cannot use the environment: ${problems.join(", ")} (wanted: exactly what is locked)`,
      {
        hint: "lock again; a wheel whose file name and METADATA differ is the usual cause",
      },
    );
}

function describeOther(name: string, wanted: string | undefined, found: string | undefined): string[] {
  const [left, right] = [wanted, found].map((version) =>
    version === undefined ? undefined : parseVersion(version),
  );
  if (!left || !right || compareVersions(left, right) === 0) return [];
  return [`${name} is ${found ?? ""} and not ${wanted ?? ""}`];
}
