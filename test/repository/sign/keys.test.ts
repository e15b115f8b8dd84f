import { expect, test, describe } from "vitest";
import {
  createKey,
  describeCertificate,
  exportCertificate,
  readKeyExport,
} from "../../../src/repository/sign/keys.ts";
import { readInRelease, signRelease } from "../../../src/repository/sign/release.ts";
import { inProcessSigner } from "../../../src/repository/sign/in-process.ts";
import { addKey, expiryWarnings, retireKey } from "../../../src/repository/sign/rotation.ts";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { asRepositoryKey, gpg, gpgHome, releaseText, testKey, verifyWith } from "../../helpers/signing.ts";
import { thrown } from "../../helpers/thrown.ts";

const DAY = 86_400_000;

test.each(["rsa4096", "ed25519"] as const)(
  "a new %s key is of version 4, without a sub-key, for four years",
  async (algorithm) => {
    const key = await createKey({ name: "Example archive", email: "archive@example.com", algorithm });
    const facts = await describeCertificate(key.certificate);
    expect(facts).toMatchObject({
      fingerprint: key.fingerprint,
      algorithm,
      userIds: ["Example archive <archive@example.com>"],
      problems: [],
    });
    expect(((facts.expires?.getTime() ?? 0) - facts.created.getTime()) / DAY).toBe(1461);
    const home = gpgHome();
    const packets = gpg(home, ["--list-packets"], key.privateKey);
    expect(packets).toMatch(/version 4, algo (?:1|22)/);
    expect(packets).toContain("digest algo 10");
    expect(packets).not.toContain("ssb");
    gpg(home, ["--import"], key.privateKey);
    expect(gpg(home, ["--with-colons", "--list-secret-keys"])).toContain(key.fingerprint);
  },
);

describe("what clients would refuse is told of", () => {
  const gpgKeys: readonly [says: RegExp, args: readonly string[], options?: readonly string[]][] = [
    [/RSA with 1024 bits/, ["rsa1024", "sign", "2y"]],
    [/RSA with 2048 bits.*2030/, ["rsa2048", "sign", "2y"]],
    [/DSA/, ["dsa2048", "sign", "2y"]],
    [/Brainpool/, ["brainpoolP256r1", "sign", "2y"]],
    [/secp256k1/, ["secp256k1", "sign", "2y"]],
    [/SHA-1/, ["ed25519", "sign", "2y"], ["--cert-digest-algo", "SHA1", "--allow-weak-digest-algos"]],
    [/expires on .* in 9\d days/, ["ed25519", "sign", "100d"]],
  ];
  test.each(gpgKeys)("%s", async (says, args, options = []) => {
    const home = gpgHome();
    gpg(home, ["--passphrase", "", ...options, "--quick-generate-key", "a <a@example.com>", ...args]);
    const { problems } = await describeCertificate(gpg(home, ["--armor", "--export"]));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
  });

  test("a sub-key that alone may sign", async () => {
    const home = gpgHome();
    gpg(home, ["--passphrase", "", "--quick-generate-key", "a <a@example.com>", "ed25519", "cert", "2y"]);
    const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg(home, ["--with-colons", "--list-keys"]))?.[1] ?? "";
    const certificate = () => gpg(home, ["--armor", "--export"]);
    expect((await describeCertificate(certificate())).problems).toEqual([
      "neither it nor a sub-key may sign",
    ]);
    gpg(home, ["--passphrase", "", "--quick-add-key", fingerprint, "ed25519", "sign", "2y"]);
    expect((await describeCertificate(certificate())).problems).toEqual([expect.stringContaining("sub-key")]);
  });

  test("version 6, and Ed25519 of the new form", async () => {
    const { generateKey } = await import("openpgp");
    const userIDs = [{ name: "a" }];
    const v6 = await generateKey({ userIDs, type: "curve25519", subkeys: [], config: { v6Keys: true } });
    const v4 = await generateKey({ userIDs, type: "curve25519", subkeys: [] });
    expect((await describeCertificate(v6.publicKey)).problems).toEqual([
      expect.stringContaining("version 6"),
      expect.stringContaining("new form"),
    ]);
    expect((await describeCertificate(v4.publicKey)).problems).toEqual([expect.stringContaining("new form")]);
  });

  test("a key that is over, in time and after", async () => {
    const created = new Date(Date.now() - 400 * DAY);
    const key = await createKey({ name: "old", algorithm: "ed25519", expiresInDays: 365, created });
    const facts = await describeCertificate(key.certificate);
    expect(facts.problems).toEqual([expect.stringContaining("expired")]);
    expect(expiryWarnings([facts], new Date())).toEqual([expect.stringContaining(key.fingerprint)]);
    expect(expiryWarnings([facts], created)).toEqual([]);
    const signer = await inProcessSigner("a key", key, undefined);
    expect(
      await thrown(async () => signRelease(releaseText(), [signer], [asRepositoryKey(key)])),
    ).toMatchObject({ code: "SIGN_KEY_EXPIRED" });
  });
});

describe("an export is read", () => {
  test("armoured and binary, public and secret, several keys", async () => {
    const home = gpgHome();
    const keys = [await testKey("a"), await testKey("b")];
    for (const { privateKey } of keys) gpg(home, ["--import"], privateKey);
    const fingerprints = keys.map(({ fingerprint }) => fingerprint).toSorted();
    const read = async (args: readonly string[]) => {
      const bytes = execFileSync(
        "gpg",
        ["--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase", "", ...args],
        { stdio: ["ignore", "pipe", "ignore"] },
      );
      const pairs = await readKeyExport(bytes, "the export");
      expect(pairs.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(fingerprints);
      return pairs.every(({ privateKey }) => privateKey !== undefined);
    };
    expect(await read(["--export"])).toBe(false);
    expect(await read(["--armor", "--export"])).toBe(false);
    expect(await read(["--export-secret-keys"])).toBe(true);
    expect(await read(["--armor", "--export-secret-keys"])).toBe(true);
    const box = readFileSync(join(home, "pubring.kbx"));
    expect(await thrown(async () => readKeyExport(box, "the file"))).toMatchObject({
      code: "SIGN_BAD_KEY",
      message: expect.stringContaining("key box") as unknown,
    });
  });

  test.each([
    "",
    "hello",
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
    "\u0099\u0001\u0000",
  ])("no key: %j", async (text) => {
    expect(await thrown(async () => readKeyExport(Buffer.from(text, "latin1"), "the file"))).toMatchObject({
      code: "SIGN_BAD_KEY",
    });
  });

  test("an export of ours is the certificates alone, and the same each time", async () => {
    const keys = [await testKey("a"), await testKey("b")];
    const exported = await exportCertificate(keys);
    expect(exported).toBe(await exportCertificate(keys));
    expect(exported.match(/BEGIN/g)).toHaveLength(1);
    const read = await readKeyExport(Buffer.from(exported), "it");
    expect(read.map(({ fingerprint, privateKey }) => [fingerprint, privateKey])).toEqual(
      keys.map(({ fingerprint }) => [fingerprint, undefined]),
    );
  });
});

test.each([
  ["<x>", undefined],
  ["", undefined],
  ["a", "not an address"],
  ["a\nb", undefined],
] as const)("no key is made for the name %j and address %j", async (name, email) => {
  const options = { name, algorithm: "ed25519", ...(email === undefined ? {} : { email }) } as const;
  expect(await thrown(async () => createKey(options))).toMatchObject({
    code: "SIGN_BAD_USER_ID",
    exitCode: 2,
  });
});

test("rotation: both sign, then the new one alone; old releases stay readable", async () => {
  const [old, next] = [await testKey("old"), await testKey("next")];
  const sign = async (keys: ReturnType<typeof addKey>) => {
    const signers = [];
    for (const key of [old, next])
      if (keys.some(({ fingerprint, status }) => fingerprint === key.fingerprint && status === "signing"))
        signers.push(await inProcessSigner("a key", key, undefined));
    return Buffer.from((await signRelease(releaseText(), signers, keys)).inRelease);
  };
  const first = addKey([], old);
  const both = addKey(first, next);
  const last = retireKey(both, old.fingerprint);
  const releases = [await sign(first), await sign(both), await sign(last)];
  const signedBy = await Promise.all(
    releases.map(async (bytes) => (await readInRelease(bytes, last)).signedBy),
  );
  expect(signedBy).toEqual([[old.fingerprint], [old.fingerprint, next.fingerprint], [next.fingerprint]]);
  expect(addKey(last, old)).toEqual(both);
  expect(await thrown(() => retireKey(last, next.fingerprint))).toMatchObject({ code: "SIGN_LAST_KEY" });
  expect(await thrown(() => retireKey(last, "0".repeat(40)))).toMatchObject({ code: "SIGN_KEY_UNKNOWN" });
});

describe("an InRelease is refused", async () => {
  const key = await testKey();
  const keys = [asRepositoryKey(key)];
  const good = (await signRelease(releaseText(), [await inProcessSigner("a key", key, undefined)], keys))
    .inRelease;
  const cases: readonly [what: string, document: string, code: string][] = [
    ["changed", good.replace("Origin: Example", "Origin: Exbmple"), "SIGN_BAD_SIGNATURE"],
    ["with text before", `Origin: Evil\n${good}`, "SIGN_BAD_RELEASE"],
    ["with text after", `${good}Origin: Evil\n`, "SIGN_BAD_RELEASE"],
    ["with another header", good.replace("Hash: ", "Origin: Evil\nHash: "), "SIGN_BAD_RELEASE"],
    ["cut", good.slice(0, -40), "SIGN_BAD_RELEASE"],
    ["with a bare dash", good.replace("Label:", "-Label:"), "SIGN_BAD_RELEASE"],
    ["empty", "", "SIGN_BAD_RELEASE"],
  ];
  test.each(cases)("%s", async (_what, document, code) => {
    expect(await thrown(async () => readInRelease(Buffer.from(document), keys))).toMatchObject({ code });
  });

  test("of a stranger, or no UTF-8", async () => {
    const others = [asRepositoryKey(await testKey())];
    expect(await thrown(async () => readInRelease(Buffer.from(good), others))).toMatchObject({
      code: "SIGN_BAD_SIGNATURE",
    });
    expect(await thrown(async () => readInRelease(Buffer.from([0xff]), keys))).toMatchObject({
      code: "SIGN_BAD_RELEASE",
    });
  });

  test("a Release that readers would take in two ways is not signed", async () => {
    for (const text of ["", "a", "a \n", "a\r\n", "a\t\nb\n"])
      expect(await thrown(async () => signRelease(text, [], keys))).toMatchObject({
        code: "SIGN_BAD_RELEASE",
      });
    expect(await thrown(async () => signRelease("a\n", [], []))).toMatchObject({ code: "SIGN_NO_KEY" });
    expect(await thrown(async () => signRelease("a\n", [], keys))).toMatchObject({
      code: "SIGN_BAD_SIGNATURE",
    });
  });
});

test("a key whose end was moved still answers for the releases that it signed before", async () => {
  const { reformatKey, readPrivateKey } = await import("openpgp");
  const created = new Date(Date.now() - 10 * DAY);
  const key = await createKey({ name: "a", algorithm: "ed25519", created });
  const signer = await inProcessSigner("a key", key, undefined);
  const release = await signRelease(releaseText(), [signer], [asRepositoryKey(key)]);
  const moved = await reformatKey({
    privateKey: await readPrivateKey({ armoredKey: key.privateKey }),
    userIDs: [{ name: "a" }],
    keyExpirationTime: 3000 * 86_400,
    date: new Date(Date.now() + 1000),
  });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const keys = addKey([asRepositoryKey(key)], { fingerprint: key.fingerprint, certificate: moved.publicKey });
  expect(keys).toHaveLength(1);
  expect(keys[0]?.certificate).not.toBe(key.certificate);
  const { signedBy } = await readInRelease(Buffer.from(release.inRelease), keys);
  expect(signedBy).toEqual([key.fingerprint]);
});

test("a secret sub-key signs without its primary key, as gpg --export-secret-subkeys gives it", async () => {
  const home = gpgHome();
  const secret = ["--pinentry-mode", "loopback", "--passphrase", "words"];
  gpg(home, [...secret, "--quick-generate-key", "a <a@example.com>", "ed25519", "cert", "2y"]);
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg(home, ["--with-colons", "--list-keys"]))?.[1] ?? "";
  gpg(home, [...secret, "--quick-add-key", fingerprint, "ed25519", "sign", "1y"]);
  const bytes = Buffer.from(gpg(home, [...secret, "--armor", "--export-secret-subkeys"]));
  const [pair] = await readKeyExport(bytes, "the export");
  if (pair?.privateKey === undefined) throw new Error("the export has no secret part");
  const signer = await inProcessSigner("it", { fingerprint, privateKey: pair.privateKey }, "words");
  const signed = await signRelease(releaseText(), [signer], [asRepositoryKey(pair)]);
  for (const verifier of ["gpgv", "sqv"] as const) {
    const files = { signature: signed.detached, text: releaseText() };
    expect(await verifyWith(verifier, pair.certificate, files), verifier).toMatchObject({ ok: true });
  }
});
