import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createKey, type KeyPair } from "../../src/repository/sign/keys.ts";
import type { RepositoryKey } from "../../src/repository/types.ts";
import { tempFiles } from "./temp-files.ts";

export type PrivateKeyPair = KeyPair & { readonly privateKey: string };

/** A key of the quick kind. */
export async function testKey(name = "Example archive", passphrase?: string): Promise<PrivateKeyPair> {
  return createKey({ name, algorithm: "ed25519", ...(passphrase === undefined ? {} : { passphrase }) });
}

export function asRepositoryKey(
  { fingerprint, certificate }: KeyPair,
  status: RepositoryKey["status"] = "signing",
): RepositoryKey {
  return { fingerprint, certificate, status };
}

/** What Debian 12 and what Debian 13 verify with. */
export type Verifier = "gpgv" | "sqv";

/** Fingerprints of the signatures that the tool takes, of a detached signature or (gpgv) an InRelease. */
export async function verifyWith(
  verifier: Verifier,
  certificates: string,
  files: { readonly signature: string; readonly text?: string },
): Promise<{ readonly ok: boolean; readonly said: string }> {
  const folder = await tempFiles({ "keys.asc": certificates, signature: files.signature });
  if (files.text !== undefined) await writeFile(join(folder, "text"), files.text);
  if (verifier === "gpgv")
    execFileSync("gpg", ["--dearmor", "--output", join(folder, "keys.gpg"), join(folder, "keys.asc")], {
      env: { ...process.env, GNUPGHOME: folder },
      stdio: "ignore",
    });
  const paths = [join(folder, "signature"), ...(files.text === undefined ? [] : [join(folder, "text")])];
  const keyring = join(folder, verifier === "gpgv" ? "keys.gpg" : "keys.asc");
  const { status, stdout, stderr } = spawnSync(verifier, ["--keyring", keyring, ...paths], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8", GNUPGHOME: folder },
  });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

/** A GNUPGHOME of the test's own, with a path that is short enough for the agent's socket; the agent ends with the test. */
export function gpgHome(): string {
  const home = mkdtempSync(join(tmpdir(), "vd-gpg-"));
  onTestFinished(() => {
    execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    rmSync(home, { recursive: true, force: true });
  });
  return home;
}

/** Runs gpg in a home; what it says on standard output. */
export function gpg(home: string, args: readonly string[], input = ""): string {
  return execFileSync("gpg", ["--homedir", home, "--batch", "--no-tty", "--yes", ...args], {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** A repository with one empty suite `stable` in a folder, which apt reads when `sign` has given it its two files. */
export async function emptyRepository(
  sign: (text: string) => Promise<{ readonly inRelease: string; readonly detached: string }>,
): Promise<string> {
  const folder = await tempFiles();
  const dist = join(folder, "dists/stable");
  await mkdir(join(dist, "main/binary-amd64"), { recursive: true });
  await writeFile(join(dist, "main/binary-amd64/Packages"), "");
  const signed = await sign(releaseText());
  await writeFile(join(dist, "InRelease"), signed.inRelease);
  await writeFile(join(dist, "Release.gpg"), signed.detached);
  await writeFile(join(dist, "Release"), releaseText());
  return folder;
}

/** A Release of one empty index; a line of it begins with a dash. */
export function releaseText(): string {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  return [
    "Origin: Example",
    "Label: Example",
    "Suite: stable",
    "Codename: stable",
    `Date: ${new Date(1_795_000_000_000).toUTCString().replace("GMT", "+0000")}`,
    "Architectures: amd64",
    "Components: main",
    "Description: with ünicode",
    "SHA256:",
    ` ${empty} 0 main/binary-amd64/Packages`,
    "",
  ].join("\n");
}
