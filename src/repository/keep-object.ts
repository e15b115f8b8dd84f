import { VenvdebError } from "../errors.ts";
import type { Content, Storage } from "./storage/types.ts";

/**
 * Keeps an object that was there already from a collection that runs meanwhile: nobody may name it, so a collector takes
 * it when it is older than the grace. Its bytes are written again when it is past half of that, which makes it young.
 * To be done before the commit of what names it; `restoreObject` after the commit covers a collector that had looked
 * before.
 */
export async function keepObject(
  storage: Storage,
  path: string,
  content: Content,
  graceHours: number,
): Promise<void> {
  const facts = await storage.stat(path);
  if (facts === undefined) await storage.create(path, content);
  else if (await isPastHalf(storage, facts.modified, graceHours)) await storage.write(path, content);
}

/** Puts an object that a collector has taken after all back in its place. */
export async function restoreObject(
  storage: Storage,
  path: string,
  content: Content,
): Promise<"there" | "restored"> {
  if ((await storage.stat(path)) !== undefined) return "there";
  await storage.create(path, content);
  return "restored";
}

/**
 * The same for an object whose bytes only the repository has, as one that is promoted.
 * @throws VenvdebError REPO_OBJECT_MISSING
 */
export async function keepStoredObject(storage: Storage, path: string, graceHours: number): Promise<void> {
  const facts = await storage.stat(path);
  if (facts === undefined)
    throw new VenvdebError(
      "REPO_OBJECT_MISSING",
      `Cannot list "${path}": the repository has it no more (wanted: a file in its pool)`,
      { hint: "venvdeb repo verify tells what else is missing" },
    );
  if (!(await isPastHalf(storage, facts.modified, graceHours))) return;
  const chunks: Uint8Array[] = [];
  for await (const chunk of storage.stream(path)) chunks.push(chunk);
  await storage.write(path, Buffer.concat(chunks));
}

async function isPastHalf(storage: Storage, modified: Date, graceHours: number): Promise<boolean> {
  const age = (await storage.now()).getTime() - modified.getTime();
  return age > (graceHours * 3_600_000) / 2;
}
