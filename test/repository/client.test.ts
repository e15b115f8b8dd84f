import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { clientSetup, repositoryName } from "../../src/repository/client.ts";
import { clientSteps, renderClientSetup } from "../../src/repository/client-text.ts";
import { exportCertificate } from "../../src/repository/sign/keys.ts";
import { inProcessSigner } from "../../src/repository/sign/in-process.ts";
import { signRelease } from "../../src/repository/sign/release.ts";
import { privateApt } from "../helpers/private-apt.ts";
import { repositorySettings, STABLE } from "../helpers/repository-settings.ts";
import { asRepositoryKey, emptyRepository, testKey } from "../helpers/signing.ts";
import { thrown } from "../helpers/thrown.ts";

const URL = "https://apt.example.com/tools";
const key = await testKey();
const keys = [asRepositoryKey(key)];
const settings = repositorySettings(keys, { publicUrl: `${URL}/` });

test("a suite is described for apt in each of its forms", () => {
  const setup = clientSetup(
    settings,
    { ...STABLE, components: ["main", "extra"] },
    { architectures: ["amd64", "arm64"] },
  );
  expect(setup).toMatchObject({
    name: "example-tools",
    fingerprints: [key.fingerprint],
    key: {
      url: `${URL}/example-tools-archive-keyring.asc`,
      path: "/etc/apt/keyrings/example-tools-archive-keyring.asc",
    },
    oneLine: {
      path: "/etc/apt/sources.list.d/example-tools.list",
      text: `deb [arch=amd64,arm64 signed-by=/etc/apt/keyrings/example-tools-archive-keyring.asc] ${URL} stable main extra\n`,
    },
  });
  expect(setup.sources).toEqual({
    path: "/etc/apt/sources.list.d/example-tools.sources",
    mode: 0o644,
    text: `Types: deb
URIs: ${URL}
Suites: stable
Components: main extra
Architectures: amd64 arm64
Signed-By: /etc/apt/keyrings/example-tools-archive-keyring.asc
`,
  });
  expect(setup.pin.text).toBe("Package: *\nPin: release o=Example\nPin-Priority: 100\n");
  expect(setup.releases.filter(({ inlineKey }) => !inlineKey).map(({ codename }) => codename)).toEqual([
    "bullseye",
    "focal",
  ]);
});

test("a machine is not told to fetch the packages of other architectures", () => {
  const both = { ...STABLE, architectures: ["amd64", "arm64"] };
  expect(clientSetup(settings, STABLE).sources.text).toContain("\nArchitectures: amd64\n");
  expect(clientSetup(settings, both).sources.text).not.toContain("Architectures");
});

test("a flat repository has no components, a private one an auth file, a packaged key another folder", () => {
  const flat = clientSetup({ ...settings, layout: "flat" }, STABLE, {
    keyring: "package",
    credentials: { login: "ci" },
  });
  expect(flat.oneLine.text).toBe(
    `deb [arch=amd64 signed-by=/usr/share/keyrings/example-tools-archive-keyring.asc] ${URL} ./\n`,
  );
  expect(flat.sources.text).not.toContain("Components");
  expect(flat.auth).toEqual({
    path: "/etc/apt/auth.conf.d/example-tools.conf",
    mode: 0o600,
    text: "machine apt.example.com/tools\nlogin ci\npassword PASSWORD\n",
  });
  const plain = clientSetup(settings, STABLE, {
    url: "http://127.0.0.1:8000",
    credentials: { login: "a", password: "b" },
  });
  expect(plain.auth?.text).toContain("machine http://127.0.0.1:8000\n");
});

test("names are made of labels; an origin that no pin can name is pinned by its host", () => {
  expect(["Acme", "Acme Tools 2", "Ünïcode & Söhne", "世界"].map(repositoryName)).toEqual([
    "acme",
    "acme-tools-2",
    "unicode-sohne",
    "repository",
  ]);
  expect(clientSetup({ ...settings, origin: "Acme, Inc." }, STABLE).pin.text).toContain(
    'Pin: origin "apt.example.com"',
  );
});

test("the text has commands that a shell takes, and the fingerprint", () => {
  const setup = clientSetup(settings, STABLE, { credentials: { login: "ci" } });
  const [bookworm, bullseye] = ["bookworm", "bullseye"].map((name) =>
    setup.releases.find(({ codename }) => codename === name),
  );
  const text = renderClientSetup(setup, bullseye);
  execFileSync("sh", ["-n"], { input: text });
  expect(text).toContain("sudo mkdir -p -m 0755 /etc/apt/keyrings");
  expect(renderClientSetup(setup, bookworm)).not.toContain("mkdir");
  expect(text.replaceAll(/[ #\n]/g, "")).toContain(key.fingerprint);
  expect(text).not.toContain("apt-key");
  expect(clientSteps(setup).at(-2)?.commands).toContain(setup.sources.text);
});

describe("refused", () => {
  test.each([
    undefined,
    "apt.example.com",
    "https://a b",
    "https://a]b",
    "ftp://a",
    "https://a\nSigned-By: x",
  ])("the URL %j", async (url) => {
    const { publicUrl: _publicUrl, ...rest } = settings;
    const options = url === undefined ? {} : { url };
    expect(await thrown(() => clientSetup(rest, STABLE, options))).toMatchObject({ code: "REPO_CLIENT_URL" });
  });

  test.each(["a b", "a]", "", "a\nTrusted: yes"])("the suite %j", async (name) => {
    expect(await thrown(() => clientSetup(settings, { ...STABLE, name }))).toMatchObject({
      code: "REPO_CLIENT_VALUE",
    });
  });
});

describe("apt reads the repository", async () => {
  const two = [key, await testKey("next")];
  const signers = await Promise.all(two.map(async (one) => inProcessSigner("a key", one, undefined)));
  const both = two.map((one) => asRepositoryKey(one));

  test.each(["sources", "inlineSources", "oneLine"] as const)(
    "set up by %s, with either key and with both",
    async (form) => {
      const folder = await emptyRepository(async (text) => signRelease(text, signers, both));
      for (const known of [both, both.slice(0, 1), both.slice(1)]) {
        const setup = clientSetup({ ...settings, keys: known }, STABLE, { url: `file:${folder}` });
        const apt = await privateApt({
          [setup.key.path]: await exportCertificate(known),
          [setup[form].path]: setup[form].text,
        });
        expect(apt.run("update")).toMatchObject({ ok: true });
      }
    },
  );

  test("and refuses it with a stranger's key", async () => {
    const folder = await emptyRepository(async (text) => signRelease(text, signers, both));
    const setup = clientSetup(settings, STABLE, { url: `file:${folder}` });
    const apt = await privateApt({
      [setup.key.path]: (await testKey("stranger")).certificate,
      [setup.sources.path]: setup.sources.text,
    });
    const { ok, said } = apt.run("update");
    expect(ok).toBe(false);
    expect(said).toContain("NO_PUBKEY");
  });
});
