import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IndexEdit } from "../../src/repository/types.ts";
import type { RepositoryFixture } from "./repository-fixture.ts";

/**
 * Publishes edits in a process of its own; with `killAt` it is killed (SIGKILL) before that call of its storage.
 * @returns how it ended
 */
export async function publishInChild(
  { folder, suite, key }: RepositoryFixture,
  edits: readonly IndexEdit[],
  options: { readonly killAt?: number; readonly at?: string } = {},
): Promise<"done" | "killed"> {
  const { killAt = 0, at = folder } = options;
  const file = join(folder, `child-${process.hrtime.bigint()}.json`);
  writeFileSync(file, JSON.stringify({ folder: at, suite, key, edits, killAt }));
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, file], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0) resolve("done");
      else reject(new Error(said));
    });
  });
}

const DIST = fileURLToPath(new URL("../../dist/repository/", import.meta.url));

const CHILD = `
import { readFileSync } from "node:fs";
const { openDirectory } = await import("${DIST}storage/directory.js");
const { readSettings } = await import("${DIST}settings.js");
const { publishSuite } = await import("${DIST}publish.js");
const { inProcessSigner } = await import("${DIST}sign/in-process.js");
const { folder, suite, key, edits, killAt } = JSON.parse(readFileSync(process.argv[1], "utf8"));
let calls = 0;
const counted = (call) => (...args) => {
  if (++calls === killAt) process.kill(process.pid, "SIGKILL");
  return call(...args);
};
const inner = await openDirectory(folder);
const { settings, version } = await readSettings(inner);
const storage = Object.fromEntries(
  Object.entries(inner).map(([name, value]) => [name, typeof value === "function" ? counted(value) : value]),
);
const signers = [await inProcessSigner("the child's key", key, undefined)];
await publishSuite({ storage, settings, settingsVersion: version }, suite, async () => edits, { signers });
`;
