import { join } from "node:path";
import { mkdir, readdir, readFile, replaceFile } from "../effects/fs.ts";

/** Files of JSON that only this program writes; one that cannot be read is as if it was not there. */
export async function readJson<T>(
  path: string,
  isWhole: (value: object) => value is T & object,
): Promise<T | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof value === "object" && value !== null && isWhole(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export async function writeJson(folder: string, name: string, value: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replaceFile(join(folder, name), `${JSON.stringify(value, undefined, 2)}\n`, 0o600);
}

/** Nothing where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
}
