import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { clientSetup } from "../../src/repository/client.ts";
import { buildKeyringPackage } from "../../src/repository/keyring-package.ts";
import { createKey, exportCertificate } from "../../src/repository/sign/keys.ts";
import { inProcessSigner } from "../../src/repository/sign/in-process.ts";
import { signRelease } from "../../src/repository/sign/release.ts";
import { openDeb } from "../helpers/deb.ts";
import { dpkgRoot } from "../helpers/dpkg-root.ts";
import { privateApt } from "../helpers/private-apt.ts";
import { repositorySettings, STABLE } from "../helpers/repository-settings.ts";
import { asRepositoryKey, emptyRepository, testKey } from "../helpers/signing.ts";
import { expectSoundShell } from "../helpers/sound-shell.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const KEY_PATH = "/usr/share/keyrings/example-tools-archive-keyring.asc";
const SOURCES_PATH = "/etc/apt/sources.list.d/example-tools.sources";

const key = await createKey({ name: "Example archive", email: "archive@example.com", algorithm: "ed25519" });
const next = await createKey({
  name: "Example archive",
  email: "archive@example.com",
  algorithm: "ed25519",
  created: new Date(Date.now() - 1000),
});
const keys = [asRepositoryKey(key)];
const settings = repositorySettings(keys, { publicUrl: "https://apt.example.com" });

/** dpkg on a folder, with scripts run outside of a chroot: there is no shell in it. */
function install(root: string, deb: string) {
  return spawnSync(
    "dpkg",
    [`--root=${root}`, "--force-not-root", "--force-script-chrootless", "--install", deb],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    },
  );
}

test("the package has the keys, the sources as a conffile, and the same bytes each time", async () => {
  const [first, second] = [await tempFiles(), await tempFiles()];
  const built = await buildKeyringPackage(settings, { output: first });
  expect((await buildKeyringPackage(settings, { output: second })).sha256).toBe(built.sha256);
  const deb = openDeb(built.path);
  expect(deb.field("Package")).toBe("example-tools-archive-keyring");
  expect(deb.field("Maintainer")).toBe("Example archive <archive@example.com>");
  expectSoundShell(deb.controlFile("preinst"));
  expect(deb.controlFile("conffiles").trim()).toBe(SOURCES_PATH);
  expect(deb.file(`.${KEY_PATH}`).toString()).toBe(await exportCertificate(keys));
  expect(deb.file(`.${SOURCES_PATH}`).toString()).toContain(`Signed-By: ${KEY_PATH}`);
});

test("a newer key makes a newer version", async () => {
  const output = await tempFiles();
  const version = async (all: typeof keys) =>
    openDeb((await buildKeyringPackage({ ...settings, keys: all }, { output })).path).field("Version");
  const [before, after] = [await version(keys), await version([...keys, asRepositoryKey(next)])];
  execFileSync("dpkg", ["--compare-versions", before, "lt", after]);
  const named = await buildKeyringPackage(settings, {
    output,
    version: "1:2.0",
    maintainer: "A <a@b.example>",
  });
  expect(openDeb(named.path).field("Version")).toBe("1:2.0");
});

test("lintian has nothing to say", async () => {
  const built = await buildKeyringPackage(settings, { output: await tempFiles() });
  const { stdout } = spawnSync(
    "lintian",
    ["--allow-root", "--fail-on", "none", "--tag-display-limit", "0", built.path],
    { encoding: "utf8" },
  );
  expect(stdout).toBe("");
});

test("dpkg installs it over what was set up by hand without a question, and upgrades it; apt trusts by it", async () => {
  const signer = await inProcessSigner("a key", key, undefined);
  const folder = await emptyRepository(async (text) => signRelease(text, [signer], keys));
  const local = { ...settings, publicUrl: `file:${folder}` };
  const { path: root } = dpkgRoot();
  const byHand = clientSetup(local, STABLE).sources;
  await mkdir(join(root, dirname(byHand.path)), { recursive: true });
  await writeFile(join(root, byHand.path), byHand.text);
  const output = await tempFiles();
  const options = { output, maintainer: "A <a@b.example>" };
  for (const all of [keys, [...keys, asRepositoryKey(next)]]) {
    const built = await buildKeyringPackage({ ...local, keys: all }, options);
    expect(install(root, built.path)).toMatchObject({ status: 0 });
    expect(await readFile(join(root, KEY_PATH), "utf8")).toBe(await exportCertificate(all));
    const apt = await privateApt({
      [KEY_PATH]: await readFile(join(root, KEY_PATH), "utf8"),
      [SOURCES_PATH]: await readFile(join(root, SOURCES_PATH), "utf8"),
    });
    expect(apt.run("update")).toMatchObject({ ok: true });
  }
});

test("an administrator's own file is not overwritten", async () => {
  const { path: root } = dpkgRoot();
  await mkdir(join(root, dirname(SOURCES_PATH)), { recursive: true });
  await writeFile(join(root, SOURCES_PATH), "Types: deb\nURIs: https://other.example.com\nSuites: ./\n");
  const built = await buildKeyringPackage(settings, { output: await tempFiles() });
  install(root, built.path);
  expect(await readFile(join(root, SOURCES_PATH), "utf8")).toContain("other.example.com");
});

test("no package without keys, nor without a maintainer", async () => {
  const output = await tempFiles();
  const nameless = { ...settings, keys: [asRepositoryKey(await testKey())] };
  expect(await thrown(async () => buildKeyringPackage({ ...settings, keys: [] }, { output }))).toMatchObject({
    code: "SIGN_NO_KEY",
  });
  expect(await thrown(async () => buildKeyringPackage(nameless, { output }))).toMatchObject({
    code: "REPO_KEYRING_MAINTAINER",
  });
});
