import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface StorageChild {
  readonly process: ChildProcessWithoutNullStreams;
  /** All that it has printed. */
  said(): string;
  readonly ended: Promise<void>;
}

/**
 * Runs lines of JavaScript with `storage`, opened at a place, in a process of its own; `before` is shell in the same process,
 * with mounts of its own: a umask, a mount.
 */
export function startStorageChild(place: string, code: string, before = ":"): StorageChild {
  const module = fileURLToPath(new URL("../../dist/repository/storage/open.js", import.meta.url));
  const host = fileURLToPath(new URL("../../dist/effects/host.js", import.meta.url));
  const script = `
    import { openStorage } from ${JSON.stringify(module)};
    import { readHost } from ${JSON.stringify(host)};
    const storage = await openStorage(process.argv[1], readHost());
    ${code}
  `;
  const shell = `${before} && exec "$0" --input-type=module -e "$1" "$2"`;
  const args = ["--map-root-user", "--mount", "sh", "-c", shell, process.execPath, script, place];
  const child = spawn("unshare", args, { stdio: "pipe" });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return { process: child, said: () => said, ended };
}

/** As above, to its end; gives what it printed. */
export async function runStorageChild(place: string, code: string, before?: string): Promise<string> {
  const child = startStorageChild(place, code, before);
  await child.ended;
  return child.said();
}
