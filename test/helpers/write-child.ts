import { execFileSync } from "node:child_process";
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
      "-",
    ],
    { input: spec, encoding: "utf8", env: { ...process.env, ...write.env } },
  );
  return JSON.parse(output);
}

const CHILD = `
import { readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { writeDeb } from "MODULE";
const revive = (key, value) => (value?.type === "Buffer" ? Buffer.from(value.data) : value);
const { contents, path, jobs, temporaryDirectory } = JSON.parse(readFileSync(0, "utf8"), revive);
const done = await writeDeb(contents, path, { jobs, temporaryDirectory }).then(
  ({ sha256 }) => ({ sha256 }),
  ({ code, message }) => ({ code, message, left: [dirname(path), temporaryDirectory].flatMap((folder) => readdirSync(folder)) }),
);
console.log(JSON.stringify(done));
`;
