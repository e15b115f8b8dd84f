import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { createHash } from "node:crypto";
import { readHost, type Host } from "../../src/effects/host.ts";
import { buildEnvironment } from "../../src/environment/build.ts";
import { detectTarget } from "../../src/environment/target.ts";
import type { BuiltEnvironment } from "../../src/environment/types.ts";
import type { LockedDistribution, PackagePlan, RequirementsPlan } from "../../src/plan/types.ts";
import type { Reporter } from "../../src/reporter.ts";

/** The tools (uv) that tests bring once; everything else of a test's cache is its own. */
export const SHARED_CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "venvdeb-test");

/** The host of a test: this machine, with a cache that lasts. */
export function testHost(changes: Partial<Host> = {}): Host {
  return { ...readHost(), cacheDirectory: SHARED_CACHE, ...changes };
}

/** A lock of exactly these local wheels. */
export async function lockWheels(...paths: readonly string[]): Promise<RequirementsPlan> {
  const distributions = await Promise.all(paths.map(lockWheel));
  return { kind: "locked", file: "test.lock", distributions };
}

async function lockWheel(path: string): Promise<LockedDistribution> {
  const filename = basename(path);
  const [name = "", version = ""] = filename.split("-");
  const sha256 = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  return {
    name: name.toLowerCase().replaceAll(/[-_.]+/g, "-"),
    version,
    source: { kind: "index", files: [{ filename, path, hashes: { sha256 } }] },
  };
}

export interface EnvironmentCase {
  /** A folder of the test. */
  readonly folder: string;
  readonly requirements: RequirementsPlan;
  readonly reporter: Reporter;
  readonly installer?: "uv" | "pip";
  readonly project?: Partial<PackagePlan["project"]>;
  readonly host?: Host;
  readonly environmentPath?: string;
  readonly jobs?: number;
}

/** Builds an environment below `<folder>/root`. */
export async function buildTestEnvironment(wanted: EnvironmentCase): Promise<BuiltEnvironment> {
  const { folder, reporter, host = testHost(), jobs = 2 } = wanted;
  return await buildEnvironment(await testPlan(wanted, host), {
    root: join(folder, "root"),
    host,
    reporter,
    jobs,
  });
}

/** The plan of such a case: nothing but an environment. */
export async function testPlan(wanted: EnvironmentCase, host: Host): Promise<PackagePlan> {
  const { folder, requirements, installer = "uv", environmentPath = "/opt/hello" } = wanted;
  return {
    planVersion: 1,
    package: {
      name: "hello",
      version: "1.0-1",
      architecture: "auto",
      section: "misc",
      priority: "optional",
      maintainer: "A <a@example.org>",
      synopsis: "test",
      description: "",
    },
    target: await detectTarget({}, host),
    project: { directory: folder, kind: "none", name: "hello", version: "1.0", ...wanted.project },
    hasEnvironment: true,
    environmentPath,
    stablePath: environmentPath,
    requirements,
    installer,
    relations: {
      depends: [],
      preDepends: [],
      recommends: [],
      suggests: [],
      conflicts: [],
      breaks: [],
      replaces: [],
      provides: [],
    },
    shlibs: { ignore: [], recommends: [] },
    users: [],
    services: [],
    generated: [],
    links: [],
    files: [],
    jobs: [],
    rotations: [],
    directories: [],
    triggers: { interest: [], interestNoawait: [], activate: [], activateNoawait: [] },
    scripts: {},
    renames: {},
    operatorCommand: false,
    compression: "none",
    timestamp: 1_700_000_000,
  };
}
