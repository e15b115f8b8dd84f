import pLimit from "p-limit";
import { VenvdebError } from "../../errors.ts";
import { detachedPath, historyPath, parseHead, readHead, suiteFolder, type Head } from "../heads.ts";
import { keepObject } from "../keep-object.ts";
import { signRelease } from "../sign/release.ts";
import type { Signer } from "../sign/types.ts";
import type { Storage } from "../storage/types.ts";
import type { IndexedPackage } from "../types.ts";
import type { Draft, TailPlace } from "./types.ts";

/**
 * Signs a release, writes all that it needs, and makes it the head if that still is the former one.
 * @returns the new head, or nothing when another publisher was faster
 * @throws VenvdebError REPO_OBJECT_MISSING for a package that is not in the pool, and what signers and storage throw
 */
export async function commitRelease(
  { storage, settings, suite }: TailPlace,
  release: { readonly text: string; readonly draft: Draft; readonly former: Head | undefined },
  signers: readonly Signer[],
): Promise<Head | undefined> {
  const { graceHours } = settings.retention;
  const [signed] = await Promise.all([
    signRelease(release.text, signers, settings.keys),
    writeObjects(storage, release.draft.objects, graceHours),
    requireInPool(storage, release.draft.added),
  ]);
  const path = `${suiteFolder(settings, suite)}InRelease`;
  const head = parseHead(suite, Buffer.from(signed.inRelease), path);
  const records = [
    { path: historyPath(suite, head.id, head.sha256), bytes: head.inRelease },
    { path: detachedPath(suite, head.id, head.sha256), bytes: Buffer.from(signed.detached) },
  ];
  await writeObjects(storage, records, graceHours);
  const outcome = await storage.replace(path, head.inRelease, release.former?.version);
  if (outcome !== "conflict") return { ...head, version: outcome.version };
  // A bucket's answer may have been lost, and the request sent again.
  const now = await readHead(storage, settings, suite);
  return now?.sha256 === head.sha256 ? now : undefined;
}

/** One that was there already may be on a collector's list: nobody named it since. */
async function writeObjects(storage: Storage, objects: Draft["objects"], graceHours: number): Promise<void> {
  const limit = pLimit(8);
  const write = async ({ path, bytes }: Draft["objects"][number]): Promise<void> => {
    const outcome = await storage.create(path, bytes);
    if (outcome === "exists") await keepObject(storage, path, bytes, graceHours);
  };
  await Promise.all(objects.map(async (object) => limit(async () => write(object))));
}

/** They were put there before; a collector could have taken one away meanwhile. */
async function requireInPool(storage: Storage, added: readonly IndexedPackage[]): Promise<void> {
  const limit = pLimit(16);
  await Promise.all(
    added.map(async ({ filename, size }) =>
      limit(async () => {
        const facts = await storage.stat(filename);
        if (facts?.size !== size) throw notInPool(filename, size, facts?.size);
      }),
    ),
  );
}

function notInPool(filename: string, wanted: number, found: number | undefined): VenvdebError {
  const problem = found === undefined ? "it is not there" : `it has ${found} bytes (wanted: ${wanted})`;
  return new VenvdebError("REPO_OBJECT_MISSING", `Cannot publish "${filename}": ${problem}`, {
    hint: "run the command again, which puts it there",
  });
}
