import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeDeb } from "../../src/deb/write.ts";
import type { PackagePlan } from "../../src/plan/types.ts";
import type { MaintainerScriptName } from "../../src/plan/system-types.ts";
import { readPrevious } from "../../src/versions/previous.ts";
import { contentsOf, CONTROL, dataEntry, linkEntry } from "./deb-contents.ts";
import { dpkgDeb } from "./dpkg-deb.ts";
import { writeSystemDeb, tinyEnvironment } from "./system-deb.ts";
import { helloPlan, service } from "./system-plans.ts";

const NAMES = ["preinst", "postinst", "prerm", "postrm"] as const satisfies MaintainerScriptName[];

/** Packages whose scripts write each call into `/calls` and fail where FAULTS names it: ` 1.0.0-1.prerm.upgrade `. */
export interface FaultyPackages {
  readonly old: string;
  /** Built with `old` as `--previous`: a conffile dropped, one renamed, a link and a folder that changed places. */
  readonly current: string;
  /** A newer hello of another tool: its `failed-upgrade` fails. */
  readonly foreign: string;
  /** Ships the interpreter, which the trigger waits for. */
  readonly python: string;
  /** Breaks hello before version 2. */
  readonly breaker: string;
  /** Replaces the python3.11 that hello depends on. */
  readonly rival: string;
  /** One that the rival does not mind. */
  readonly nextPython: string;
  /** Conflicts with hello and replaces it. */
  readonly successor: string;
  /** Ships every file of hello. */
  readonly swallower: string;
}

export async function writeFaultyPackages(folder: string): Promise<FaultyPackages> {
  const [first, second] = [faultyPlan("1.0.0"), faultyPlan("2.0.0")];
  const old = await writeSystemDeb(first, folder, [
    ...tinyEnvironment(first),
    dataEntry("etc/hello/dropped.conf"),
    dataEntry("etc/hello/renamed.conf"),
    dataEntry("opt/hello/was-folder/data"),
    linkEntry("opt/hello/was-link", "was-folder"),
  ]);
  const silent = { step: neverReports, info: neverReports, warning: neverReports };
  const previous = await readPrevious(old, second.package, silent);
  const current = await writeSystemDeb({ ...second, previous }, folder, [
    ...tinyEnvironment(second),
    dataEntry("etc/hello/new-name.conf", "etc/hello/renamed.conf"),
    linkEntry("opt/hello/was-folder", "lib"),
    dataEntry("opt/hello/was-link/data"),
  ]);
  return {
    old,
    current,
    foreign: dpkgDeb({
      folder,
      version: "3.0.0-1",
      tree: { "opt/hello/other": "x" },
      control: { ...recording("3.0.0-1", ["preinst", "postinst", "prerm"]), postrm: FAILING_UNDO },
    }),
    python: await writePython(folder),
    breaker: companion(folder, "breaker", "7", "Breaks: hello (<< 2)\n"),
    rival: companion(folder, "rival", "8", "Conflicts: python3.11 (<< 100)\nReplaces: python3.11\n"),
    nextPython: dpkgDeb({ folder, name: "python3.11", version: "100", tree: { "opt/python": "x" } }),
    successor: companion(folder, "successor", "9", "Conflicts: hello\nReplaces: hello\n"),
    swallower: swallow(old, folder),
  };
}

/** A plan whose own scripts write down each call and fail where they are told to. */
function faultyPlan(version: string): PackagePlan {
  return helloPlan(
    {
      version,
      user: { groups: ["ssl-cert"] },
      services: {
        hello: service({ stateDirectory: "hello", logsDirectory: "hello", cacheDirectory: "hello/web" }),
      },
      links: { "/usr/bin/hello": "bin/hello" },
    },
    { scripts: recording(`${version}-1`, NAMES) },
  );
}

function recording(version: string, names: readonly MaintainerScriptName[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      `#!/bin/sh
echo "${version} ${name} $1\${2+|$2}\${3+|$3}\${4+|$4}\${5+|$5}\${6+|$6}\${7+|$7}" >>"$DPKG_ROOT/calls"
case "$FAULTS" in
*" ${version}.${name}.$1 "*) exit 1 ;;
esac
`,
    ]),
  );
}

const FAILING_UNDO = '#!/bin/sh\n[ "$1" != failed-upgrade ]\n';

function companion(folder: string, name: string, version: string, fields: string): string {
  return dpkgDeb({
    folder,
    name,
    version,
    fields,
    tree: { [`opt/${name}`]: "x" },
    control: recording(version, NAMES),
  });
}

/** A package that ships what the trigger waits for. */
async function writePython(folder: string): Promise<string> {
  const path = join(folder, "python3.11-minimal_3.11_all.deb");
  const control = { ...CONTROL, package: "python3.11-minimal", version: "3.11", architecture: "all" };
  const system = [dataEntry("usr/bin/python3.11", "#!/bin/sh\n", 0o755)];
  await writeDeb(contentsOf({ system }, { control, compression: "none" }), path, {
    jobs: 1,
    temporaryDirectory: folder,
  });
  return path;
}

function swallow(deb: string, folder: string): string {
  const root = join(folder, "swallower");
  execFileSync("dpkg-deb", ["--raw-extract", deb, root]);
  for (const name of [...NAMES, "triggers"]) rmSync(join(root, "DEBIAN", name), { force: true });
  const control = join(root, "DEBIAN/control");
  const text = readFileSync(control, "utf8").replace(
    "Package: hello\n",
    "Package: swallower\nReplaces: hello\n",
  );
  writeFileSync(control, text);
  const path = join(folder, "swallower_6_all.deb");
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "-b", root, path], { stdio: "ignore" });
  return path;
}

function neverReports(): never {
  throw new Error("nothing is to be said of these packages");
}
