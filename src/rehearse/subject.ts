import { createHash } from "node:crypto";
import { readDeb } from "../deb/read.ts";
import { readData, type ReadEntry } from "../deb/untar.ts";
import type { Manifest } from "../documents/manifest.ts";
import { parseManifest } from "../documents/parse-manifest.ts";
import type { Identity } from "./identity.ts";

/** What a rehearsal has to know of a package. */
export interface Subject extends Identity {
  /** Absolute paths of what it ships, folders left out. */
  readonly files: readonly string[];
  /** Absolute path of each conffile to the SHA-256 of what is shipped. */
  readonly conffiles: ReadonlyMap<string, string>;
  /** Systemd units: `hello.service`. */
  readonly units: readonly string[];
  /** Names in /etc/init.d. */
  readonly initScripts: readonly string[];
  /** Where its environment is, and the project in it; absent when it has none. */
  readonly environment?: { readonly path: string; readonly distribution?: string };
}

/**
 * Reads a whole package.
 * @throws VenvdebError as `readDeb`
 */
export async function readSubject(path: string): Promise<Subject> {
  const deb = await readDeb(path);
  const name = deb.control.get("Package") ?? "";
  const listed = listConffiles(deb.controlFiles.get("conffiles"));
  const files: string[] = [];
  const conffiles = new Map<string, string>();
  let manifest: Manifest | undefined;
  for await (const entry of deb.entries()) {
    const absolute = `/${entry.path}`;
    if (entry.kind !== "directory") files.push(absolute);
    if (entry.kind === "file" && listed.has(absolute)) conffiles.set(absolute, await digest(entry));
    if (entry.path === `usr/share/doc/${name}/venvdeb.json` && entry.kind === "file")
      manifest = parseManifest(new TextDecoder().decode(await readData(entry, MANIFEST_LIMIT)));
  }
  return {
    name,
    version: deb.control.get("Version") ?? "",
    path,
    files,
    conffiles,
    units: namesIn(files, /^\/(?:usr\/)?lib\/systemd\/system\/([^/]+\.(?:service|socket|timer))$/),
    initScripts: namesIn(files, /^\/etc\/init\.d\/([^/]+)$/),
    ...environmentOf(files, manifest),
  };
}

const MANIFEST_LIMIT = 64 * 1024 * 1024;
const CONFFILE_LIMIT = 16 * 1024 * 1024;

/** deb-conffiles(5): a path a line; one that is to go on an upgrade has a word before it. */
function listConffiles(bytes: Uint8Array | undefined): Set<string> {
  const lines = new TextDecoder().decode(bytes).split("\n");
  return new Set(lines.map((line) => line.trim()).filter((line) => line.startsWith("/")));
}

async function digest(entry: ReadEntry): Promise<string> {
  const bytes = await readData(entry, CONFFILE_LIMIT);
  return createHash("sha256").update(bytes).digest("hex");
}

function namesIn(files: readonly string[], form: RegExp): string[] {
  return files.flatMap((path) => form.exec(path)?.[1] ?? []);
}

function environmentOf(
  files: readonly string[],
  manifest: Manifest | undefined,
): Pick<Subject, "environment"> {
  const path = manifest?.environmentPath;
  if (manifest === undefined || path === undefined || !files.includes(`${path}/pyvenv.cfg`)) return {};
  const project = manifest.layers.find(({ distribution }) => distribution?.origin === "project");
  const distribution = project?.distribution?.name;
  return { environment: { path, ...(distribution === undefined ? {} : { distribution }) } };
}
