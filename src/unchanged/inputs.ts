import { createHash } from "node:crypto";
import { digestOf } from "../cache/digest.ts";
import { lstatSync, readFileSync, readlinkSync } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { programDigest } from "../effects/program-digest.ts";
import { backendEnvironment, runChild, systemEnvironment } from "../environment/child.ts";
import { listProject } from "../environment/copy-project.ts";
import type { ResolvedRequirements } from "../environment/resolve.ts";
import type { PackagePlan } from "../plan/types.ts";

/**
 * A digest of all that a package is made of: the plan with its time, what is installed, every file of the project and
 * of local folders that the lock names, shipped files, the interpreter, the packages of this machine, the variables
 * that compilers get, and this program. Newer versions of what builds the project's wheel are not in it.
 */
export async function digestInputs(
  plan: PackagePlan,
  resolved: ResolvedRequirements | undefined,
  host: Host,
): Promise<string> {
  const distributions = resolved?.distributions ?? [];
  const local = distributions.flatMap(({ source }) => (source.kind === "directory" ? [source.path] : []));
  const folders = [...(plan.project.kind === "wheel" ? [plan.project.directory] : []), ...local];
  const trees: unknown[] = [];
  for (const folder of folders) trees.push([await digestTree(folder), await describeGit(folder, host)]);
  return digestOf([
    programDigest(),
    plan,
    [resolved?.installer.name, distributions],
    trees,
    plan.files.map(({ source }) => digestIfThere(source)),
    MACHINE.map(digestIfThere),
    plan.hasEnvironment ? digestIfThere(plan.target.python.path) : "",
    backendEnvironment(host, { home: "", path: "" }),
  ]);
}

/** Which packages are installed, and what decides where libraries are found and what they are called. */
const MACHINE = [
  "/var/lib/dpkg/status",
  "/etc/ld.so.cache",
  "/etc/dpkg/shlibs.default",
  "/etc/dpkg/shlibs.override",
];

/** Folders count by what is in them, so the output folder may be among them. */
async function digestTree(folder: string): Promise<string> {
  const entries: string[] = [];
  for await (const { kind, from, path } of listProject(folder))
    if (kind !== "folder") entries.push(JSON.stringify([path, kind, describeEntry(kind, from)]));
  return digestOf(entries.toSorted());
}

function describeEntry(kind: "file" | "link", from: string): unknown {
  return kind === "link" ? readlinkSync(from) : [lstatSync(from).mode & 0o777, digestIfThere(from)];
}

/** Some backends put into a wheel what git tracks. */
async function describeGit(folder: string, host: Host): Promise<string> {
  const { exitCode, stdout } = await runChild(
    "git",
    ["-c", "safe.directory=*", "ls-files", "--stage", "-z"],
    systemEnvironment(host),
    { cwd: folder },
  ).catch(() => ({ exitCode: 1, stdout: "" }));
  return exitCode === 0 ? digestOf(stdout) : "";
}

function digestIfThere(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return "";
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
