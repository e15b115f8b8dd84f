import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { readHost, type Host } from "../../../src/effects/host.ts";
import { chooseSigners, type SignerOptions } from "../../../src/repository/sign/choose.ts";
import { exportFromGpg } from "../../../src/repository/sign/gpg.ts";
import { privateKeyPath, writePrivateKey } from "../../../src/repository/sign/key-files.ts";
import { readInRelease, signRelease } from "../../../src/repository/sign/release.ts";
import { asRepositoryKey, gpg, gpgHome, releaseText, testKey, verifyWith } from "../../helpers/signing.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";

const TEXT = releaseText();
const plain = await testKey("plain");
const locked = await testKey("locked", "secret words");
const stranger = await testKey("stranger");

async function host(env: Host["env"] = {}): Promise<Host> {
  const configDirectory = await tempFiles();
  return { ...readHost(), env, configDirectory, cwd: configDirectory };
}

/** A command that signs with gpg's keys of a home. */
function gpgScript(home: string, detached = "--detach-sign"): string {
  return `#!/bin/sh
case $1 in
inline) mode=--clear-sign ;;
detached) mode="--armor ${detached}" ;;
esac
set -- \${VENVDEB_SIGN_KEYS}
for key; do users="$users --local-user $key"; done
exec gpg --homedir '${home}' --batch --no-tty --digest-algo SHA256 $users $mode
`;
}

async function command(text: string): Promise<string> {
  const folder = await tempFiles({ sign: text });
  await chmod(join(folder, "sign"), 0o755);
  return join(folder, "sign");
}

describe("a key is found", () => {
  test("in the user's folder, in a file for that user alone", async () => {
    const here = await host();
    expect((await stat(await writePrivateKey(here, plain))).mode & 0o777).toBe(0o600);
    expect((await stat(join(here.configDirectory, "keys"))).mode & 0o777).toBe(0o700);
    const [signer] = await chooseSigners([asRepositoryKey(plain)], {}, here);
    expect(signer).toMatchObject({ fingerprints: [plain.fingerprint] });
  });

  test("in a file that is named, with its passphrase from another", async () => {
    const here = await host({ VENVDEB_SIGNING_KEY_PASSPHRASE_FILE: "words" });
    await writeFile(join(here.cwd, "words"), "secret words\n");
    await writeFile(join(here.cwd, "key.asc"), locked.privateKey);
    const keys = [asRepositoryKey(locked)];
    const signers = await chooseSigners(keys, { keyFiles: ["key.asc"] }, here);
    await expect(signRelease(TEXT, signers, keys)).resolves.toMatchObject({
      detached: /BEGIN PGP SIGNATURE/ as unknown,
    });
  });

  test("in the environment, as text and as a path", async () => {
    const folder = await tempFiles({ "key.asc": plain.privateKey });
    for (const value of [plain.privateKey, join(folder, "key.asc")]) {
      const signers = await chooseSigners(
        [asRepositoryKey(plain)],
        {},
        await host({ VENVDEB_SIGNING_KEY: value }),
      );
      expect(signers.map(({ name }) => name)).toEqual(["VENVDEB_SIGNING_KEY"]);
    }
  });
});

test("gpg signs with a passphrase and without, and its agent does not stay", async () => {
  const home = gpgHome();
  gpg(home, ["--import"], plain.privateKey);
  gpg(home, ["--pinentry-mode", "loopback", "--passphrase", "secret words", "--import"], locked.privateKey);
  gpg(home, ["--passphrase", "", "--quick-generate-key", "gpg <a@example.com>", "rsa2048", "sign", "1y"]);
  const made =
    /^fpr:+([0-9A-F]{40}):/m.exec(gpg(home, ["--with-colons", "--list-keys", "a@example.com"]))?.[1] ?? "";
  await execa("gpgconf", ["--homedir", home, "--kill", "all"]);
  const keys = [
    asRepositoryKey(plain),
    asRepositoryKey(locked),
    asRepositoryKey({ fingerprint: made, certificate: await exportFromGpg(made, { home }) }),
  ];
  const here = await host({ VENVDEB_SIGNING_KEY_PASSPHRASE: "secret words" });
  const signers = await chooseSigners(keys, { gpgHome: home }, here);
  expect(signers).toHaveLength(1);
  const signed = await signRelease(TEXT, signers, keys);
  expect((await readInRelease(Buffer.from(signed.inRelease), keys)).signedBy).toHaveLength(3);
  for (const { certificate } of keys) {
    expect((await verifyWith("gpgv", certificate, { signature: signed.inRelease })).said).toContain(
      "Good signature",
    );
    expect(await verifyWith("sqv", certificate, { signature: signed.detached, text: TEXT })).toMatchObject({
      ok: true,
    });
  }
  const agent = ["--homedir", home, "--no-autostart", "GETINFO pid", "/bye"];
  const { stdout } = await execa("gpg-connect-agent", agent, { reject: false });
  expect(stdout).not.toMatch(/^D/);
});

test("a gpg whose key wants a passphrase that nobody gave fails at once, and says what to set", async () => {
  const home = gpgHome();
  gpg(home, ["--pinentry-mode", "loopback", "--passphrase", "secret words", "--import"], locked.privateKey);
  gpg(home, ["--version"]);
  const keys = [asRepositoryKey(locked)];
  const signers = await chooseSigners(keys, { gpgHome: home }, await host());
  const error = await thrown(async () => signRelease(TEXT, signers, keys));
  expect(error).toMatchObject({ code: "SIGN_FAILED" });
  expect(error.hint).toContain("VENVDEB_SIGNING_KEY_PASSPHRASE");
});

test("a command signs for the keys that nobody else has; signatures of all are joined", async () => {
  const home = gpgHome();
  gpg(home, ["--import"], plain.privateKey);
  const here = await host({ VENVDEB_SIGNING_KEY: stranger.privateKey });
  const keys = [asRepositoryKey(stranger), asRepositoryKey(plain), asRepositoryKey(locked, "retired")];
  const signers = await chooseSigners(keys, { command: await command(gpgScript(home)) }, here);
  expect(signers.map(({ fingerprints }) => fingerprints)).toEqual([
    [stranger.fingerprint],
    [plain.fingerprint],
  ]);
  const signed = await signRelease(TEXT, signers, keys);
  expect(signed.inRelease).toContain("Hash: SHA512, SHA256\n");
  for (const { certificate } of keys.slice(0, 2)) {
    expect((await verifyWith("gpgv", certificate, { signature: signed.inRelease })).said).toContain(
      "Good signature",
    );
    expect(await verifyWith("sqv", certificate, { signature: signed.detached, text: TEXT })).toMatchObject({
      ok: true,
    });
  }
});

describe("a command is not believed", () => {
  const cases: readonly [says: RegExp, script: (home: string) => string][] = [
    [/gave no armoured signature|no signed document|does not begin/, () => "#!/bin/sh\necho hello\n"],
    [
      /another text/,
      (home) => gpgScript(home).replace("exec gpg", "sed s/Example/Other/ | exec gpg").replace("| exec", "|"),
    ],
    [/SHA1/, (home) => gpgScript(home).replace("SHA256", "SHA1 --allow-weak-digest-algos")],
    [/over text/, (home) => gpgScript(home, "--textmode --detach-sign")],
    [/of another key/, (home) => gpgScript(home).replace("$users", `--local-user ${stranger.fingerprint}`)],
    [
      /digest did not match|verification failed/i,
      (home) =>
        gpgScript(home).replace(
          "exec gpg",
          'if [ "$mode" != --clear-sign ]; then sed s/Example/Other/; else cat; fi | gpg',
        ),
    ],
  ];
  test.each(cases)("%s", async (says, script) => {
    const home = gpgHome();
    gpg(home, ["--import"], plain.privateKey);
    gpg(home, ["--import"], stranger.privateKey);
    const keys = [asRepositoryKey(plain)];
    const signers = await chooseSigners(keys, { command: await command(script(home)) }, await host());
    const error = await thrown(async () => signRelease(TEXT, signers, keys));
    expect(error.code).toMatch(/^SIGN_BAD_(?:SIGNATURE|RELEASE)$/);
    expect(error.message).toMatch(says);
  });
});

describe("a signer is refused", () => {
  interface Refusal {
    readonly code: string;
    readonly options?: SignerOptions;
    readonly env?: Host["env"];
    readonly file?: { readonly text: string; readonly mode?: number };
  }
  const cases: readonly Refusal[] = [
    { code: "SIGN_KEY_MISSING" },
    { code: "SIGN_KEY_FOREIGN", env: { VENVDEB_SIGNING_KEY: stranger.privateKey } },
    { code: "SIGN_BAD_KEY", env: { VENVDEB_SIGNING_KEY: plain.certificate } },
    { code: "SIGN_KEY_FILE", options: { keyFiles: ["nowhere.asc"] } },
    { code: "SIGN_KEY_FILE", file: { text: plain.privateKey, mode: 0o644 } },
    { code: "SIGN_BAD_COMMAND", options: { command: "sign | cat" } },
    { code: "SIGN_PASSPHRASE", env: { VENVDEB_SIGNING_KEY_PASSPHRASE_FILE: "/dev/null" } },
  ];
  test.each(cases)("$code $options", async ({ code, options = {}, env, file }) => {
    const here = await host(env);
    if (file !== undefined) {
      await writePrivateKey(here, plain);
      await chmod(privateKeyPath(here, plain.fingerprint), file.mode ?? 0o600);
    }
    const error = await thrown(async () => chooseSigners([asRepositoryKey(plain)], options, here));
    expect(error).toMatchObject({ code });
  });

  test.each([undefined, "other words"])("SIGN_PASSPHRASE with %s", async (words) => {
    const env = { VENVDEB_SIGNING_KEY: locked.privateKey, VENVDEB_SIGNING_KEY_PASSPHRASE: words };
    const here = await host(env);
    const error = await thrown(async () => chooseSigners([asRepositoryKey(locked)], {}, here));
    expect(error).toMatchObject({ code: "SIGN_PASSPHRASE" });
  });

  test("SIGN_FAILED with what the command said", async () => {
    const keys = [asRepositoryKey(plain)];
    const signers = await chooseSigners(keys, { command: "sh -c 'echo no token >&2; exit 3'" }, await host());
    expect(await thrown(async () => signRelease(TEXT, signers, keys))).toMatchObject({
      code: "SIGN_FAILED",
      message: expect.stringContaining("no token") as unknown,
    });
  });
});
