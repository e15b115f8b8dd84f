import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { mkdir } from "node:fs/promises";

const run = promisify(execFile);

/**
 * A virtual environment of the target interpreter with some distributions from the configured index, made once and
 * kept in the user's cache. Gives its folder. Safe when several test files ask at the same time.
 */
export async function pythonVenv(...requirements: readonly string[]): Promise<string> {
  const key = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 16);
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "venvdeb-test");
  const directory = join(cache, `python-${key}`);
  await mkdir(cache, { recursive: true });
  await run("flock", [`${directory}.lock`, "sh", "-c", install, "install", directory, ...requirements], {
    maxBuffer: 1 << 26,
  });
  return directory;
}

const install = `set -e
directory=$1; shift
test ! -e "$directory/complete" || exit 0
rm -rf "$directory"
/usr/bin/python3.11 -m venv "$directory"
"$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
touch "$directory/complete"
`;

/** Runs a Python program that reads JSON from stdin and prints JSON. */
export async function askPython<T>(python: string, program: string, question: unknown): Promise<T> {
  const child = run(python, ["-c", program], { maxBuffer: 1 << 28 });
  child.child.stdin?.end(JSON.stringify(question));
  const answer: T = JSON.parse((await child).stdout);
  return answer;
}
