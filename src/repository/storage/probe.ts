import { randomUUID } from "node:crypto";
import type { Storage } from "./types.ts";

/**
 * Whether a storage keeps publishers apart: a store that does not know `If-None-Match` and `If-Match` writes and says that
 * all is well. It is asked with objects below `venvdeb/probe/`, which are removed again: a second creation, an outdated and
 * a missing version, and 8 that create at once.
 */
export async function probeConditionalWrites(storage: Storage): Promise<"honoured" | "ignored"> {
  const folder = `venvdeb/probe/${randomUUID()}`;
  const paths = ["create", "replace", "missing", "race"].map((name) => `${folder}/${name}`);
  const [create = "", replace = "", missing = "", race = ""] = paths;
  try {
    const honoured =
      (await createsOnce(storage, create)) &&
      (await replacesExpected(storage, replace)) &&
      (await storage.replace(missing, NOTE, UNKNOWN)) === "conflict" &&
      (await hasOneWinner(storage, race));
    return honoured ? "honoured" : "ignored";
  } finally {
    for (const path of paths) await storage.remove(path);
  }
}

const NOTE = Buffer.from("venvdeb looks here whether conditional writes are honoured.\n");

/** Has the form of an ETag. */
const UNKNOWN = `"${"0".repeat(32)}"`;

async function createsOnce(storage: Storage, path: string): Promise<boolean> {
  const outcomes = [await storage.create(path, NOTE), await storage.create(path, Buffer.from("other"))];
  const kept = await storage.read(path);
  return outcomes.join(" ") === "created exists" && kept?.bytes.equals(NOTE) === true;
}

async function replacesExpected(storage: Storage, path: string): Promise<boolean> {
  const first = await storage.replace(path, NOTE, undefined);
  if (first === "conflict") return false;
  if ((await storage.replace(path, Buffer.from("b"), undefined)) !== "conflict") return false;
  if ((await storage.replace(path, Buffer.from("c"), UNKNOWN)) !== "conflict") return false;
  const second = await storage.replace(path, Buffer.from("d"), first.version);
  if (second === "conflict") return false;
  return (await storage.replace(path, Buffer.from("e"), first.version)) === "conflict";
}

async function hasOneWinner(storage: Storage, path: string): Promise<boolean> {
  const racers = Array.from({ length: 8 }, (_, index) => storage.create(path, Buffer.from(`racer ${index}`)));
  const outcomes = await Promise.all(racers);
  return outcomes.filter((outcome) => outcome === "created").length === 1;
}
