import { exec } from "../effects/exec.ts";

export interface DiskWatch {
  /** Aborted when the folders hold more than they may. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/** Looks from time to time how much some folders hold: less often where looking takes long. */
export function watchDisk(folders: readonly string[], bytes: number, seconds = 10): DiskWatch {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const started = performance.now();
    if ((await sizeOf(folders)) > bytes) return controller.abort();
    const pause = Math.max(seconds * 1000, (performance.now() - started) * 20);
    if (timer !== undefined) timer = setTimeout(() => void look(), pause);
  };
  timer = setTimeout(() => void look(), seconds * 1000);
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Files that come and go meanwhile are no failure. */
async function sizeOf(folders: readonly string[]): Promise<number> {
  const { stdout } = await exec("du", ["-s", "-c", "-k", "--", ...folders]);
  return Number(/^(\d+)\s+total$/m.exec(stdout)?.[1] ?? 0) * 1024;
}
