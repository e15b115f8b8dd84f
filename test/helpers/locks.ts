import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** Lets go of what was locked. */
export type Release = () => Promise<void>;

/**
 * Waits until no other test, of this run or another, uses these ports of the machine: machines share its network. They are
 * free again with the end of this process at the latest.
 */
export async function lockPorts(ports: readonly number[]): Promise<Release> {
  return lockFiles(
    ports.toSorted((a, b) => a - b).map((port) => join(tmpdir(), `venvdeb-test-port-${port}`)),
  );
}

/** Does something alone among the processes that lock the same file. */
export async function alone<T>(file: string, run: () => Promise<T>): Promise<T> {
  const release = await lockFiles([file]);
  try {
    return await run();
  } finally {
    await release();
  }
}

/** One flock(1) inside the other; the innermost says when all are had, and ends with its standard input. */
async function lockFiles(files: readonly string[]): Promise<Release> {
  const locks = files.flatMap((file) => ["flock", file]);
  const [program, ...args] = [...locks, "sh", "-c", "echo locked; exec cat"];
  const holder = execa(program, args, { stdin: "pipe" });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once("data", () => resolve());
    holder.catch(reject);
  });
  return async () => {
    holder.stdin.end();
    await holder;
  };
}
