import { describe, expect, test } from "vitest";
import { inProcessSigner } from "../../../src/repository/sign/in-process.ts";
import { createKey, exportCertificate } from "../../../src/repository/sign/keys.ts";
import { readInRelease, signRelease } from "../../../src/repository/sign/release.ts";
import { textOfInRelease } from "../../../src/repository/sign/cleartext.ts";
import { asRepositoryKey, releaseText, testKey, verifyWith } from "../../helpers/signing.ts";

const TEXT = releaseText();

describe.each(["rsa4096", "ed25519"] as const)("a Release signed with %s", async (algorithm) => {
  const key = await createKey({ name: "Example archive", email: "archive@example.com", algorithm });
  const keys = [asRepositoryKey(key)];
  const signed = await signRelease(TEXT, [await inProcessSigner("the key", key, undefined)], keys);

  test("is taken by gpgv in both forms, and by sqv", async () => {
    const inline = await verifyWith("gpgv", key.certificate, { signature: signed.inRelease });
    expect(inline).toMatchObject({ ok: true });
    expect(inline.said).toContain(key.fingerprint);
    for (const verifier of ["gpgv", "sqv"] as const) {
      const files = { signature: signed.detached, text: TEXT };
      const result = await verifyWith(verifier, key.certificate, files);
      expect(result, verifier).toMatchObject({ ok: true });
      expect(result.said).toContain(key.fingerprint);
    }
  });

  test("gives back its text and its signer", async () => {
    const bytes = Buffer.from(signed.inRelease);
    expect(textOfInRelease(bytes)).toBe(TEXT);
    expect(await readInRelease(bytes, keys)).toEqual({ text: TEXT, signedBy: [key.fingerprint] });
  });
});

test("the signatures of two keys are joined: a client with either of them takes both forms", async () => {
  const pair = [await testKey("old"), await testKey("new")];
  const keys = pair.map((key) => asRepositoryKey(key));
  const signers = await Promise.all(pair.map(async (key) => inProcessSigner("a key", key, undefined)));
  const signed = await signRelease(TEXT, signers, keys);
  for (const certificates of [...pair.map(({ certificate }) => certificate), await exportCertificate(keys)]) {
    expect(await verifyWith("sqv", certificates, { signature: signed.detached, text: TEXT })).toMatchObject({
      ok: true,
    });
    expect(
      (await verifyWith("gpgv", certificates, { signature: signed.detached, text: TEXT })).said,
    ).toContain("Good signature");
    expect((await verifyWith("gpgv", certificates, { signature: signed.inRelease })).said).toContain(
      "Good signature",
    );
  }
  const { signedBy } = await readInRelease(Buffer.from(signed.inRelease), keys);
  expect(signedBy).toEqual(pair.map(({ fingerprint }) => fingerprint));
});
