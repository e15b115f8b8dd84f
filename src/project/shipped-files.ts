import { join, posix, relative, resolve } from "node:path";
import { VenvdebError } from "../errors.ts";
import type { FileConfig } from "../config/types.ts";
import { lstat, readdir, realpath } from "../effects/fs.ts";
import type { ShippedFile } from "../plan/system-types.ts";

/**
 * Finds what the `files` settings name, a folder with all that is below it. Sources stay inside the project, links
 * included: a checkout must not be able to ship the builder's own files.
 * @throws VenvdebError PROJECT_FILE_MISSING, PROJECT_FILE_OUTSIDE, PROJECT_FILE_KIND
 */
export async function resolveShippedFiles(
  files: Readonly<Record<string, FileConfig>>,
  directory: string,
): Promise<ShippedFile[]> {
  const root = await realpath(directory);
  const found: ShippedFile[] = [];
  for (const [path, file] of Object.entries(files)) {
    const source = await insideProject(root, file.source, path);
    found.push(...(await expand(source, path, file)));
  }
  return found;
}

async function insideProject(root: string, source: string, path: string): Promise<string> {
  const wanted = resolve(root, source);
  const real = await realpath(wanted).catch((cause: unknown) => {
    throw new VenvdebError(
      "PROJECT_FILE_MISSING",
      `Cannot ship "${path}": there is no "${source}" in the project`,
      {
        hint: `change files."${path}" to a path relative to ${root}`,
        cause,
      },
    );
  });
  if (real !== root && !real.startsWith(`${root}/`)) {
    throw new VenvdebError(
      "PROJECT_FILE_OUTSIDE",
      `Cannot ship "${path}": "${source}" is outside the project (${real})`,
      {
        hint: "copy it into the project",
      },
    );
  }
  return real;
}

async function expand(source: string, path: string, file: FileConfig): Promise<ShippedFile[]> {
  const stats = await lstat(source);
  if (stats.isFile()) return [shippedFile(source, path, file, stats.mode)];
  if (!stats.isDirectory()) throw notAFile(path, source);
  const below: ShippedFile[] = [];
  for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
    const child = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) throw notAFile(path, child);
    below.push(
      shippedFile(child, posix.join(path, relative(source, child)), file, (await lstat(child)).mode),
    );
  }
  return below;
}

function shippedFile(source: string, path: string, file: FileConfig, sourceMode: number): ShippedFile {
  const mode = file.mode ?? ((sourceMode & 0o111) === 0 ? 0o644 : 0o755);
  return { path, source, mode, owner: file.owner, conffile: file.conffile || path.startsWith("/etc/") };
}

function notAFile(path: string, source: string): VenvdebError {
  return new VenvdebError(
    "PROJECT_FILE_KIND",
    `Cannot ship "${path}": "${source}" is a link or a special file (only files and folders of files can be shipped)`,
    { hint: "name what the link points to, or make the link with the `links` setting" },
  );
}
