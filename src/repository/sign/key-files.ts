import { join } from "node:path";
import { mkdir, readFile, stat } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import { writeBeside } from "../../effects/temp-dir.ts";
import { messageOf, VenvdebError } from "../../errors.ts";

/** Where the private key of a fingerprint is kept: never in the repository. */
export function privateKeyPath(
  { configDirectory }: Pick<Host, "configDirectory">,
  fingerprint: string,
): string {
  return join(configDirectory, "keys", `${fingerprint}.asc`);
}

/**
 * Keeps an armoured private key, for its user alone; one of the same key is replaced.
 * @returns its path
 * @throws VenvdebError SIGN_KEY_FILE
 */
export async function writePrivateKey(
  host: Pick<Host, "configDirectory">,
  { fingerprint, privateKey }: { readonly fingerprint: string; readonly privateKey: string },
): Promise<string> {
  const path = privateKeyPath(host, fingerprint);
  try {
    await mkdir(join(host.configDirectory, "keys"), { recursive: true, mode: 0o700 });
    await writeBeside(path, async (file) => file.writeFile(privateKey), 0o600);
  } catch (error) {
    throw keyFileError("write", path, error);
  }
  return path;
}

/**
 * The armoured private key that is kept for a fingerprint; nothing when there is none.
 * @throws VenvdebError SIGN_KEY_FILE, also where others may read it
 */
export async function readPrivateKey(
  host: Pick<Host, "configDirectory">,
  fingerprint: string,
): Promise<string | undefined> {
  const path = privateKeyPath(host, fingerprint);
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw new Error("others may read it (wanted: mode 0600)");
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw keyFileError("read", path, error);
  }
}

/** For paths that the user names: whoever may read them is the user's own affair. @throws VenvdebError SIGN_KEY_FILE */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw keyFileError("read", path, error);
  }
}

function keyFileError(doing: string, path: string, cause: unknown): VenvdebError {
  return new VenvdebError("SIGN_KEY_FILE", `Cannot ${doing} the key file "${path}": ${messageOf(cause)}`, {
    hint: `it must be yours, and readable for you alone: chmod 600 "${path}"`,
    cause,
  });
}
