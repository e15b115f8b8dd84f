import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliRepository, type CliRepository } from "../helpers/cli-repository.ts";
import { indexFields } from "../helpers/index-fields.ts";
import { lockPorts, type Release } from "../helpers/locks.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { startNginx, type WebServer } from "../helpers/web-servers.ts";

const PORT = 8044;
const VERSIONS = ["1.0-1", "1:1.0+b1~rc1-1", "2.0-1"] as const;
let release: Release;
let repository: CliRepository;
let server: WebServer;

beforeAll(async () => {
  release = await lockPorts([PORT]);
  repository = cliRepository();
  const { repo, deb, folder } = repository;
  server = await startNginx({ root: folder, port: PORT });
  const identity = ["--origin", "Example", "--label", "Example", "--suite", "stable:bookworm"];
  await repo("init", ...identity, "--component", "main", "extra", "--arch", "amd64", "arm64", "--contents");
  await repo("add", "stable", ...VERSIONS.map((version) => deb({ name: "shop", version })));
  await repo("add", "stable/extra", deb({ name: "tool", architecture: "arm64" }));
});
afterAll(async () => {
  await server.stop();
  await repository.destroy();
  await release();
});

test("aptly verifies it and mirrors all of it, and what is new again", async () => {
  const folder = await tempFiles();
  await importKey(folder, "trustedkeys.gpg");
  const settings = { rootDir: join(folder, "aptly"), architectures: ["amd64", "arm64"] };
  await writeFile(join(folder, "aptly.conf"), JSON.stringify(settings));
  const aptly = async (...words: readonly string[]) =>
    run("aptly", ["-config", join(folder, "aptly.conf"), ...words], folder);
  await aptly("mirror", "create", "-keyring=trustedkeys.gpg", "ours", server.url, "stable");
  await aptly("mirror", "update", "-keyring=trustedkeys.gpg", "ours");
  const all = [...VERSIONS.map((version) => `shop_${version}_all`), "tool_1.0-1_arm64"];
  expect(await mirrored(aptly)).toEqual(all.toSorted());
  await repository.repo(
    "add",
    "stable/extra",
    repository.deb({ name: "tool", version: "2.0-1", architecture: "amd64" }),
  );
  expect(await aptly("mirror", "update", "-keyring=trustedkeys.gpg", "ours")).toContain(
    "tool_2.0-1_amd64.deb",
  );
  expect(await mirrored(aptly)).toEqual([...all, "tool_2.0-1_amd64"].toSorted());
});

async function mirrored(aptly: (...words: readonly string[]) => Promise<string>): Promise<string[]> {
  const shown = await aptly("mirror", "show", "-with-packages", "ours");
  expect(shown).toMatch(/^Origin: Example$/m);
  const [, list = ""] = shown.split("Packages:\n");
  return list
    .split("\n")
    .flatMap((line) => (line.trim() === "" ? [] : [line.trim()]))
    .toSorted();
}

test("reprepro verifies it and takes the newest of everything", async () => {
  const folder = await tempFiles();
  const fingerprint = await importKey(folder, "pubring.kbx");
  await mkdir(join(folder, "conf"));
  const distribution = {
    Codename: "bookworm",
    Components: "main extra",
    Architectures: "amd64 arm64",
    Update: "ours",
  };
  const update = { Name: "ours", Method: server.url, Suite: "stable", VerifyRelease: fingerprint.slice(-16) };
  await writeFile(join(folder, "conf/distributions"), stanza(distribution));
  await writeFile(join(folder, "conf/updates"), stanza(update));
  const reprepro = async (...words: readonly string[]) =>
    run("reprepro", ["--basedir", folder, ...words], folder);
  await reprepro("update");
  const listed = await reprepro("list", "bookworm");
  expect(listed).toContain("bookworm|main|amd64: shop 1:1.0+b1~rc1-1");
  expect(listed).toContain("bookworm|main|arm64: shop 1:1.0+b1~rc1-1");
  expect(listed).toMatch(/bookworm\|extra\|arm64: tool 1\.0-1/);
  await reprepro("check");
  expect(await readdir(join(folder, "pool/main/s/shop"))).toEqual([
    expect.stringMatching(/^shop_.*_all\.deb$/),
  ]);
});

test("apt-ftparchive says the same of each package and of each index", async () => {
  const { folder } = repository;
  const archive = async (...args: readonly string[]): Promise<string> =>
    (await execa("apt-ftparchive", args, { cwd: folder })).stdout;
  for (const component of ["main", "extra"]) {
    const theirs = indexFields(await archive("packages", `pool/${component}`));
    for (const architecture of ["amd64", "arm64"]) {
      const path = join(folder, `dists/stable/${component}/binary-${architecture}/Packages`);
      const wanted = Object.entries(theirs).filter(([, each]) =>
        ["all", architecture].includes(each["architecture"] ?? ""),
      );
      expect(indexFields(await readFile(path, "utf8"))).toEqual(Object.fromEntries(wanted));
    }
  }
  const scanned = sumsOf(await archive("release", "dists/stable"));
  const ours = sumsOf(await readFile(join(folder, "dists/stable/Release"), "utf8"));
  expect(ours).toHaveLength(12);
  expect(ours.toSorted()).toEqual(scanned.toSorted());
});

function sumsOf(text: string): string[] {
  const lines = text.match(/^ [0-9a-f]{64} +\d+ .*Packages.*$/gm) ?? [];
  return lines.map((line) => line.trim().replaceAll(/ +/g, " "));
}

function stanza(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}

/** gpg's home is the folder; gives the key's fingerprint. */
async function importKey(folder: string, keyring: string): Promise<string> {
  const key = await repository.repo("key export");
  const gpg = ["--batch", "--no-default-keyring", "--keyring", join(folder, keyring), "--import"];
  await execa("gpg", gpg, { input: key, env: { GNUPGHOME: folder } });
  return (await repository.repo("key show")).match(/^[0-9A-F]{40}/m)?.[0] ?? "";
}

async function run(file: string, args: readonly string[], home: string): Promise<string> {
  const { stdout } = await execa(file, args, { env: { GNUPGHOME: home, HOME: home } });
  return stdout;
}
