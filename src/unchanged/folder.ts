import { createHash } from "node:crypto";
import { digestOf } from "../cache/digest.ts";
import { lstatSync, readFileSync, readlinkSync } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { runChild, systemEnvironment } from "../environment/child.ts";
import { listProject } from "../environment/copy-project.ts";

/** A digest of what a wheel can be made of: the files of a project and what git knows about them. */
export async function digestFolder(folder: string, host: Host): Promise<string> {
  const [index, names] = [
    ["ls-files", "--stage", "-z"],
    ["show-ref", "--head", "--tags"],
  ].map(async (args) => await askGit(folder, args, host));
  return digestOf([await digestTree(folder), await index, await names]);
}

/** Folders count by what is in them, so the output folder may be among them. */
async function digestTree(folder: string): Promise<string> {
  const entries: string[] = [];
  for await (const { kind, from, path } of listProject(folder))
    if (kind !== "folder") entries.push(JSON.stringify([path, kind, describeEntry(kind, from)]));
  return digestOf(entries.toSorted());
}

function describeEntry(kind: "file" | "link", from: string): unknown {
  if (kind === "link") return readlinkSync(from);
  return [lstatSync(from).mode & 0o777, createHash("sha256").update(readFileSync(from)).digest("hex")];
}

/** Some backends put into a wheel what git tracks, and the commit and its tag; nothing where there is no repository. */
async function askGit(folder: string, args: readonly string[], host: Host): Promise<string> {
  const { exitCode, stdout } = await runChild(
    "git",
    ["-c", "safe.directory=*", ...args],
    systemEnvironment(host),
    { cwd: folder },
  ).catch(() => ({ exitCode: 1, stdout: "" }));
  return exitCode === 0 ? stdout : "";
}
