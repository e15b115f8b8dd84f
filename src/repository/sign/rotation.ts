import { VenvdebError } from "../../errors.ts";
import type { RepositoryKey } from "../types.ts";
import { expiryProblems } from "./key-facts.ts";
import type { KeyFacts } from "./types.ts";

/**
 * Adds a key beside those that sign: from the next release on all of them do, so that clients with any of them go on.
 * A certificate of a key that is there already, as after its expiry was moved, takes the place of the former one.
 */
export function addKey(
  keys: readonly RepositoryKey[],
  { fingerprint, certificate }: Pick<RepositoryKey, "fingerprint" | "certificate">,
): RepositoryKey[] {
  const added: RepositoryKey = { fingerprint, certificate, status: "signing" };
  return keys.some((key) => key.fingerprint === fingerprint)
    ? keys.map((key) => (key.fingerprint === fingerprint ? added : key))
    : [...keys, added];
}

/**
 * Ends the overlap: the key signs no more. Its certificate stays, for the releases that it signed.
 * @throws VenvdebError SIGN_KEY_UNKNOWN, SIGN_LAST_KEY
 */
export function retireKey(keys: readonly RepositoryKey[], fingerprint: string): RepositoryKey[] {
  if (!keys.some((key) => key.fingerprint === fingerprint))
    throw new VenvdebError(
      "SIGN_KEY_UNKNOWN",
      `Cannot retire "${fingerprint}": the repository has no such key`,
      {
        hint: "`venvdeb repo key show` shows those that it has",
      },
    );
  const retired = keys.map((key): RepositoryKey =>
    key.fingerprint === fingerprint ? { ...key, status: "retired" } : key,
  );
  if (retired.some(({ status }) => status === "signing")) return retired;
  throw new VenvdebError("SIGN_LAST_KEY", `Cannot retire ${fingerprint}: no other key signs`, {
    hint: "`venvdeb repo key rotate` makes its successor; both sign until clients have the new one",
  });
}

/** What a publisher is told of the ends of the keys that sign, a sentence each. */
export function expiryWarnings(
  facts: readonly Pick<KeyFacts, "fingerprint" | "expires">[],
  now: Date,
): string[] {
  return facts.flatMap(({ fingerprint, expires }) =>
    expiryProblems(expires, now).map((problem) => `Key ${fingerprint}: ${problem}`),
  );
}
