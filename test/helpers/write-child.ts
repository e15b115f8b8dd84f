import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DebContents } from "../../src/deb/types.ts";

export interface ChildWrite {
  readonly contents: DebContents;
  readonly path: string;
  readonly jobs: number;
  readonly temporaryDirectory: string;
  /** Shell commands that run before, in the same shell: a umask, a mount. */
  readonly before?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ChildResult {
  readonly sha256?: string;
  readonly code?: string;
  readonly message?: string;
  /** After an error: what is in both folders. */
  readonly left?: readonly string[];
}

/** Writes a package in a process of its own, which may have another umask, time zone or disk. */
export function writeInChild(write: ChildWrite): ChildResult {
  const script = `${write.before ?? ":"} && exec "$0" --input-type=module -e "$1" "$2"`;
  const { contents, path, jobs, temporaryDirectory } = write;
  const spec = JSON.stringify({ contents, path, jobs, temporaryDirectory });
  const module = fileURLToPath(new URL("../../dist/deb/write.js", import.meta.url));
  // Not by a pipe: a child may find one that is not to be waited for.
  const folder = mkdtempSync(join(tmpdir(), "write-child-"));
  const file = join(folder, "contents.json");
  writeFileSync(file, spec);
  chmodSync(folder, 0o755);
  const output = execFileSync(
    "unshare",
    [
      "--map-root-user",
      "--mount",
      "sh",
      "-c",
      script,
      process.execPath,
      CHILD.replace("MODULE", module),
      file,
    ],
    { encoding: "utf8", env: { ...process.env, ...write.env } },
  );
  rmSync(folder, { recursive: true });
  return JSON.parse(output);
}

const CHILD = `
import { readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { writeDeb } from "MODULE";
const revive = (key, value) => (value?.type === "Buffer" ? Buffer.from(value.data) : value);
const { contents, path, jobs, temporaryDirectory } = JSON.parse(readFileSync(process.argv[1], "utf8"), revive);
const done = await writeDeb(contents, path, { jobs, temporaryDirectory }).then(
  ({ sha256 }) => ({ sha256 }),
  ({ code, message }) => ({ code, message, left: [dirname(path), temporaryDirectory].flatMap((folder) => readdirSync(folder)) }),
);
console.log(JSON.stringify(done));
`;
