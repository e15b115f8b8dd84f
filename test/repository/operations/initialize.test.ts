import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHost, type Host } from "../../../src/effects/host.ts";
import { addPackages } from "../../../src/repository/operations/add.ts";
import {
  initializeRepository,
  type InitializeOptions,
} from "../../../src/repository/operations/initialize.ts";
import { changeKeys, createRepositoryKey } from "../../../src/repository/operations/keys.ts";
import type { SettingsRequest } from "../../../src/repository/operations/merge-settings.ts";
import { verifyRepository } from "../../../src/repository/operations/verify.ts";
import { chooseSigners } from "../../../src/repository/sign/choose.ts";
import { addKey, retireKey } from "../../../src/repository/sign/rotation.ts";
import { privateApt } from "../../helpers/private-apt.ts";
import { startS3rver } from "../../helpers/s3rver.ts";
import { asRepositoryKey, testKey } from "../../helpers/signing.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { writeTestDeb } from "../../helpers/test-debs.ts";
import { thrown } from "../../helpers/thrown.ts";

const REQUEST: SettingsRequest = {
  suites: [],
  components: [],
  architectures: [],
  hostArchitecture: "amd64",
  flat: false,
  contents: false,
  compressions: [],
};
const NAMED = { suites: ["stable"], origin: "Example", label: "Example" };

describe("repo init", () => {
  it("makes a repository that can be used at once", async () => {
    const init = await initializer();
    const made = await init({ ...NAMED, suites: ["testing", "stable:bookworm"] });
    expect(made).toMatchObject({
      outcome: "created",
      published: [{}, {}],
      keyFile: "example-archive-keyring.asc",
    });
    expect(made.repository.settings.suites).toMatchObject([
      { name: "testing", codename: "testing", components: ["main"], architectures: ["amd64"] },
      { name: "stable", codename: "bookworm" },
    ]);
    expect(await verifyRepository(made.repository, { jobs: 2 })).toMatchObject({ faults: [] });
    const certificates = await readFile(join(init.folder, made.keyFile), "utf8");
    expect(certificates).toContain("BEGIN PGP PUBLIC KEY BLOCK");
  });

  it("changes nothing when it runs again", async () => {
    const init = await initializer();
    await init(NAMED);
    expect(await init(NAMED)).toMatchObject({ outcome: "unchanged", published: [{ outcome: "unchanged" }] });
    expect(await init({})).toMatchObject({ outcome: "unchanged" });
  });

  it("adds suites, components and architectures; a new one lists the packages of all", async () => {
    const init = await initializer();
    const { repository } = await init(NAMED);
    const cwd = await tempFiles();
    const paths = [writeTestDeb(cwd, { name: "doc", architecture: "all" })];
    const signers = await init.signers(repository);
    await addPackages(repository, { target: "stable", paths, cwd, jobs: 1, signers });
    const made = await init({
      suites: ["stable", "testing"],
      components: ["extra"],
      architectures: ["arm64"],
    });
    expect(made).toMatchObject({ outcome: "changed" });
    expect(made.repository.settings.suites).toMatchObject([
      { components: ["main", "extra"], architectures: ["amd64", "arm64"] },
      { name: "testing", components: ["extra"], architectures: ["arm64"] },
    ]);
    const release = await readFile(join(init.folder, "dists/stable/Release"), "utf8");
    const sizes = [...release.matchAll(/ (\d+) main\/binary-\w+\/Packages$/gm)].map(([, size]) => size);
    expect(new Set(sizes)).toEqual(new Set([expect.not.stringMatching(/^0$/)]));
  });

  it.each([
    [{ origin: "Other" }, "Origin"],
    [{ label: "Other" }, "Label"],
    [{ suites: ["stable:trixie"] }, "Codename of stable"],
  ])("refuses %j, which clients hold on to, without force", async (change, field) => {
    const init = await initializer();
    await init(NAMED);
    const error = await thrown(() => init(change));
    expect(error.code).toBe("REPO_IDENTITY_FROZEN");
    expect(error.message).toContain(`${field}: "`);
    expect(error.message).toContain("--allow-releaseinfo-change");
    expect(await init(change, { force: true })).toMatchObject({ outcome: "changed", identityChanges: [{}] });
  });

  it.each([
    [{}, "REPO_INCOMPLETE"],
    [{ suites: ["stable"], origin: "Example" }, "REPO_INCOMPLETE"],
    [{ ...NAMED, suites: ["../up"] }, "REPO_BAD_SETTINGS"],
  ])("of %j is refused: %s", async (request, code) => {
    const init = await initializer();
    const error = await thrown(() => init(request));
    expect([error.code, error.exitCode]).toEqual([code, 2]);
  });

  it("makes a flat repository, which stays flat", async () => {
    const init = await initializer();
    const { origin, label } = NAMED;
    const { repository } = await init({ origin, label, flat: true });
    const cwd = await tempFiles();
    const paths = [
      writeTestDeb(cwd, { name: "shop" }),
      writeTestDeb(cwd, { name: "doc", architecture: "all" }),
    ];
    await addPackages(repository, {
      target: "stable",
      paths,
      cwd,
      jobs: 1,
      signers: await init.signers(repository),
    });
    expect(await readFile(join(init.folder, "Release"), "utf8")).toMatch(/ Packages$/m);
    expect(await verifyRepository(repository, { jobs: 2 })).toMatchObject({
      faults: [],
      checked: { packages: 2 },
    });
    const pool = await initializer();
    await pool(NAMED);
    expect(await thrown(() => pool({ flat: true }))).toMatchObject({ code: "REPO_LAYOUT_FIXED" });
  });

  it("makes a key of its own, which only its user may read", async () => {
    const init = await initializer();
    const made = await init(NAMED, { keys: [] });
    expect(made.created?.path).toMatch(/^\/.*\/keys\/[0-9A-F]{40}\.asc$/);
    expect(made.repository.settings.keys).toMatchObject([{ fingerprint: made.created?.fingerprint }]);
    expect(await init({}, { keys: [] })).not.toHaveProperty("created");
  });

  it("refuses a store whose conditional writes do nothing, but for one publisher", async () => {
    const { bucket, env } = await startS3rver();
    const init = await initializer(`s3://${bucket}/apt`, env);
    expect(await thrown(() => init(NAMED))).toMatchObject({ code: "REPO_ONE_PUBLISHER" });
    const made = await init(NAMED, { singlePublisher: true });
    expect(made.repository.settings.severalPublishers).toBe(false);
  });
});

describe("keys", () => {
  it("rotate: both sign, then the new one; apt with either key goes on", { timeout: 30_000 }, async () => {
    const init = await initializer();
    const { repository } = await init(NAMED);
    const [former] = repository.settings.keys;
    const created = await createRepositoryKey({ name: "Successor", algorithm: "ed25519" }, init.host);
    const options = { signing: init.signing, host: init.host };
    const both = await changeKeys(repository, (keys) => addKey(keys, created), options);
    expect(both.published).toMatchObject([{ outcome: "published" }]);
    expect(await updates(init.folder, former?.certificate)).toBe(true);
    expect(await updates(init.folder, created.certificate)).toBe(true);
    await changeKeys(both.repository, (keys) => retireKey(keys, former?.fingerprint ?? ""), options);
    expect(await updates(init.folder, former?.certificate)).toBe(false);
    expect(await updates(init.folder, created.certificate)).toBe(true);
  });
});

/** Whether this machine's apt takes the repository with this key. */
async function updates(folder: string, certificate = ""): Promise<boolean> {
  const apt = await privateApt({
    "/etc/apt/keyrings/example.asc": certificate,
    "/etc/apt/sources.list.d/example.sources": `Types: deb
URIs: file:${folder}
Suites: stable
Components: main
Signed-By: /etc/apt/keyrings/example.asc
`,
  });
  return apt.run("update").ok;
}

async function initializer(url?: string, env: Readonly<Record<string, string>> = {}) {
  const folder = url ?? join(await tempFiles(), "apt");
  const base = readHost();
  const host: Host = { ...base, configDirectory: await tempFiles(), env: { ...base.env, ...env } };
  const key = await testKey();
  const keyFolder = await tempFiles({ "key.asc": key.privateKey });
  const signing = { keyFiles: [join(keyFolder, "key.asc")] };
  const init = async (request: Partial<SettingsRequest>, options: Partial<InitializeOptions> = {}) => {
    const keys = [asRepositoryKey(key)];
    const settings = { force: false, singlePublisher: false, keys, ...options };
    const usesOwn = settings.keys.length === 0;
    return initializeRepository(
      folder,
      { ...settings, request: { ...REQUEST, ...request }, signing: usesOwn ? {} : signing },
      host,
    );
  };
  const signers = async ({ settings }: { settings: { keys: Parameters<typeof chooseSigners>[0] } }) =>
    chooseSigners(settings.keys, signing, host);
  return Object.assign(init, { folder, host, signing, signers });
}
