import { createHash } from "node:crypto";
import { dirname, join, resolve, sep } from "node:path";
import { copyFile, lstat, mkdir, pathExists, readFile, readdir } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { redactSecrets } from "../effects/redact.ts";
import { VenvdebError } from "../errors.ts";
import type { SourceToBuild } from "./choice.ts";
import { installerEnvironment, runChild, systemEnvironment } from "./child.ts";
import { copyProject } from "./copy-project.ts";
import { findAccess } from "./credentials.ts";
import { helperScript } from "./helper-scripts.ts";

export interface SourceContext {
  readonly host: Host;
  /** `/usr/bin/python3.11`, which runs the helpers. */
  readonly python: string;
  readonly projectDirectory: string;
}

/**
 * Brings the source of one distribution into `folder`, which must not exist, and gives the folder that is to be built.
 * @throws VenvdebError INSTALL_FETCH_FAILED, INSTALL_HASH_MISMATCH, INSTALL_SOURCE_DAMAGED, INSTALL_VCS_FAILED
 */
export async function bringSource(
  source: SourceToBuild,
  folder: string,
  context: SourceContext,
): Promise<string> {
  const { place } = source;
  await mkdir(dirname(folder), { recursive: true });
  if (place.kind === "directory") return inside(await copyProject(place.path, folder, context.host), source);
  if (place.kind === "vcs") await checkOut(place, folder, context);
  else await unpack(source.name, place, folder, context);
  const root = place.kind === "archive" ? await onlyFolder(folder) : folder;
  return inside(root, source);
}

function inside(root: string, { name, subdirectory }: SourceToBuild): string {
  const folder = resolve(root, subdirectory ?? ".");
  if (folder === root || folder.startsWith(root + sep)) return folder;
  throw new VenvdebError(
    "INSTALL_SOURCE_DAMAGED",
    `Cannot build "${name}": its subdirectory lies outside of its source`,
  );
}

type Archive = Extract<SourceToBuild["place"], { kind: "archive" }>;
type Checkout = Extract<SourceToBuild["place"], { kind: "vcs" }>;

async function unpack(name: string, archive: Archive, folder: string, context: SourceContext): Promise<void> {
  const packed = `${folder}.archive-${archive.filename.replaceAll(/[^\w.+-]/g, "_")}`;
  await fetchArchive(name, archive, packed, context);
  await refuseOther(name, archive, packed);
  await mkdir(folder, { recursive: true });
  await runChild(
    context.python,
    ["-I", "-S", helperScript("unpack"), packed, folder],
    systemEnvironment(context.host),
    {
      failure: { code: "INSTALL_SOURCE_DAMAGED", doing: `unpack the source of ${name}` },
    },
  );
}

async function fetchArchive(
  name: string,
  archive: Archive,
  path: string,
  context: SourceContext,
): Promise<void> {
  if ("path" in archive.location) return await copyFile(archive.location.path, path);
  const { url } = archive.location;
  const access = await findAccess(url, context.host, context.projectDirectory);
  const { exitCode, stderr } = await runChild(
    context.python,
    ["-I", "-S", helperScript("fetch")],
    installerEnvironment(context.host),
    { input: JSON.stringify({ ...access, url, path }) },
  );
  if (exitCode === 0) return;
  throw new VenvdebError(
    "INSTALL_FETCH_FAILED",
    `Cannot fetch the source of "${name}" from ${redactSecrets(url)}: ${redactSecrets(stderr).trim().split("\n").at(-1) ?? ""}`,
    exitCode === 3
      ? { hint: "give the index's user and password by netrc, or in the index URL of pip or uv" }
      : {},
  );
}

async function refuseOther(name: string, { filename, hash }: Archive, path: string): Promise<void> {
  if (hash === undefined) return;
  const [algorithm = "", digest = ""] = hash.split(":");
  const found = createHash(algorithm)
    .update(await readFile(path))
    .digest("hex");
  if (found !== digest)
    throw new VenvdebError(
      "INSTALL_HASH_MISMATCH",
      `Cannot install "${name}": ${filename} has the ${algorithm} ${found} (locked: ${digest})`,
      { hint: "the file is not the one that was locked: find out why before you lock again" },
    );
}

/** A source archive holds one folder, by convention; one that holds more is taken as it is. */
async function onlyFolder(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name !== "pax_global_header");
  const only = join(folder, names[0] ?? "");
  return names.length === 1 && (await lstat(only)).isDirectory() ? only : folder;
}

async function checkOut(
  { vcs, url, commit }: Checkout,
  folder: string,
  context: SourceContext,
): Promise<void> {
  const address = url.replace(/^git\+/, "");
  if (!/^[0-9a-z]{1,64}$/i.test(commit) || address.startsWith("-"))
    throw new VenvdebError(
      "INSTALL_VCS_FAILED",
      `Cannot check out "${redactSecrets(url)}": "${commit}" is no commit`,
    );
  for (const [program, ...args] of checkoutCommands(vcs, { address, commit, folder }))
    await runChild(
      program,
      args,
      { ...installerEnvironment(context.host), GIT_TERMINAL_PROMPT: "0", GIT_ALLOW_PROTOCOL: PROTOCOLS },
      {
        cwd: context.projectDirectory,
        failure: { code: "INSTALL_VCS_FAILED", doing: `check out ${redactSecrets(url)}` },
      },
    );
  if (!(await pathExists(folder)))
    throw new VenvdebError("INSTALL_VCS_FAILED", `Cannot check out "${redactSecrets(url)}"`);
}

/** git's `ext::` runs any program. */
const PROTOCOLS = "file:git:http:https:ssh";

function checkoutCommands(
  vcs: Checkout["vcs"],
  { address, commit, folder }: { readonly address: string; readonly commit: string; readonly folder: string },
): [string, ...string[]][] {
  const commands: Record<Checkout["vcs"], [string, ...string[]][]> = {
    git: [
      ["git", "clone", "--quiet", "--no-checkout", "--", address, folder],
      ["git", "-C", folder, "checkout", "--quiet", "--detach", commit, "--"],
      ["git", "-C", folder, "submodule", "--quiet", "update", "--init", "--recursive"],
    ],
    hg: [["hg", "clone", "--quiet", "--noninteractive", "--updaterev", commit, "--", address, folder]],
    svn: [["svn", "export", "--quiet", "--non-interactive", "--revision", commit, "--", address, folder]],
    bzr: [["bzr", "export", "--quiet", `--revision=${commit}`, folder, address]],
  };
  return commands[vcs];
}
