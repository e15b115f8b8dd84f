import { resolve } from "node:path";
import type { Host } from "../../effects/host.ts";
import type { KeyPair } from "../../repository/sign/keys.ts";

/** What `repo init` begins with. */
interface InitialKeys {
  /** Those of the user's words that are files. */
  readonly files: readonly string[];
  readonly keys: readonly KeyPair[];
}

/**
 * Reads the certificates of `--key` (files, or fingerprints of keys that gpg has) and of VENVDEB_SIGNING_KEY.
 * @throws VenvdebError SIGN_BAD_KEY, SIGN_KEY_FILE, SIGN_FAILED
 */
export async function findInitialKeys(
  options: { readonly key: readonly string[]; readonly "gpg-home": string | undefined },
  host: Host,
): Promise<InitialKeys> {
  const environment = host.env["VENVDEB_SIGNING_KEY"] ?? "";
  const files = options.key.filter((word) => !FINGERPRINT.test(word));
  const fingerprints = options.key.filter((word) => FINGERPRINT.test(word));
  if (files.length + fingerprints.length === 0 && environment === "") return { files, keys: [] };
  const [{ readKeyFile }, { readKeyExport }, { exportFromGpg }] = await Promise.all([
    import("../../repository/sign/key-files.ts"),
    import("../../repository/sign/keys.ts"),
    import("../../repository/sign/gpg.ts"),
  ]);
  const keys: KeyPair[] = [];
  for (const file of files)
    keys.push(...(await readKeyExport(await readKeyFile(resolve(host.cwd, file)), file)));
  const home = options["gpg-home"];
  const gpg = home === undefined ? {} : { home: resolve(host.cwd, home) };
  for (const fingerprint of fingerprints) {
    const armoured = await exportFromGpg(fingerprint, gpg);
    keys.push(...(await readKeyExport(Buffer.from(armoured), fingerprint)));
  }
  if (environment !== "") {
    const isKey = environment.includes("-----BEGIN PGP");
    const bytes = isKey ? Buffer.from(environment) : await readKeyFile(resolve(host.cwd, environment));
    keys.push(...(await readKeyExport(bytes, "VENVDEB_SIGNING_KEY")));
  }
  return { files, keys };
}

const FINGERPRINT = /^(?:0x)?[0-9A-Fa-f]{40}$/;
