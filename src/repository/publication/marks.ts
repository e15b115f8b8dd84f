import { randomUUID } from "node:crypto";
import type { TailPlace } from "./types.ts";

/**
 * Leaves a mark while plain names of a bucket are written. Who is stopped amid of that may have put old ones over those
 * of a later release, which nothing else would show.
 * @returns what takes the mark away
 */
export async function leaveMark({ storage, suite }: TailPlace): Promise<() => Promise<void>> {
  if (storage.kind === "directory") return async () => undefined;
  const path = `${marksFolder(suite.name)}${randomUUID()}`;
  await storage.create(path, NOTE);
  return async () => storage.remove(path);
}

/** Marks of publishers that must have been stopped. */
export async function abandonedMarks({ storage, suite }: TailPlace): Promise<string[]> {
  if (storage.kind === "directory") return [];
  const marks: string[] = [];
  const now = await storage.now();
  for await (const { path, modified } of storage.list(marksFolder(suite.name)))
    if (now.getTime() - modified.getTime() > LONGEST_TAIL) marks.push(path);
  return marks;
}

/** Milliseconds. */
const LONGEST_TAIL = 60_000;

const NOTE = Buffer.from("A publisher writes plain names, or was stopped amid of that.\n");

function marksFolder(suite: string): string {
  return `venvdeb/unfinished/${suite}/`;
}
