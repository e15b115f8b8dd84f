import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPrevious } from "../../src/versions/previous.ts";
import { dataEntry, linkEntry } from "./deb-contents.ts";
import { dpkgDeb } from "./dpkg-deb.ts";
import { faultyPlan, recordingScripts } from "./faulty-plan.ts";
import { writeFragment, writePython } from "./life-debs.ts";
import { writeSystemDeb, tinyEnvironment } from "./system-deb.ts";

/** Packages with the scripts of faulty-plan.ts; no `hello` but the foreign one is without any feature. */
export interface FaultyPackages {
  readonly old: string;
  /** Built with `old` as `--previous`: a conffile dropped, one renamed, a link and a folder that changed places. */
  readonly current: string;
  /** A newer hello of another tool: its `failed-upgrade` fails. */
  readonly foreign: string;
  /** Ships the interpreter, which the trigger waits for. */
  readonly python: string;
  /** Brings a fragment of the generated configuration. */
  readonly fragment: string;
  /** Activates the own trigger that hello waits for. */
  readonly theme: string;
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
      control: { ...recordingScripts("3.0.0-1", ["preinst", "postinst", "prerm"]), postrm: FAILING_UNDO },
    }),
    python: await writePython(folder),
    fragment: await writeFragment(folder),
    theme: companion(folder, "theme", "5", "", { triggers: "activate hello-themes\n" }),
    breaker: companion(folder, "breaker", "7", "Breaks: hello (<< 2)\n"),
    rival: companion(folder, "rival", "8", "Conflicts: python3.11 (<< 100)\nReplaces: python3.11\n"),
    nextPython: dpkgDeb({ folder, name: "python3.11", version: "100", tree: { "opt/python": "x" } }),
    successor: companion(folder, "successor", "9", "Conflicts: hello\nReplaces: hello\n"),
    swallower: swallow(old, folder),
  };
}

const FAILING_UNDO = '#!/bin/sh\n[ "$1" != failed-upgrade ]\n';

function companion(
  folder: string,
  name: string,
  version: string,
  fields: string,
  control: Readonly<Record<string, string>> = {},
): string {
  return dpkgDeb({
    folder,
    name,
    version,
    fields,
    tree: { [`opt/${name}`]: "x" },
    control: { ...recordingScripts(version), ...control },
  });
}

function swallow(deb: string, folder: string): string {
  const root = join(folder, "swallower");
  execFileSync("dpkg-deb", ["--raw-extract", deb, root]);
  for (const name of ["preinst", "postinst", "prerm", "postrm", "triggers", "templates", "config"])
    rmSync(join(root, "DEBIAN", name), { force: true });
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
