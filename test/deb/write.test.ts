import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Compression, PackageEntry } from "../../src/deb/entry.ts";
import { writeDeb } from "../../src/deb/write.ts";
import { openDeb } from "../helpers/deb.ts";
import { CONTROL, contentsOf, dataEntry, linkEntry, noise } from "../helpers/deb-contents.ts";
import { dpkgRoot } from "../helpers/dpkg-root.ts";
import { expectGolden } from "../helpers/golden.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const COMPRESSIONS: readonly Compression[] = ["xz", "zstd", "gzip", "none"];

/** So that segments have sizes of their own. */
const NOISE = noise(384_000);
const BIG = Buffer.concat([NOISE, Buffer.alloc(26_000_000, "big wheel "), NOISE]);
const LONG = `opt/hello/${"long-folder-name/".repeat(14)}${"file".repeat(20)}`;

const ENTRIES: Readonly<Record<string, readonly PackageEntry[]>> = {
  environment: [
    dataEntry("opt/hello/pyvenv.cfg", "home = /usr/bin\n", 0o600),
    linkEntry("opt/hello/bin/python3.11", "/usr/bin/python3.11"),
    linkEntry("opt/hello/far", `/opt/hello/${"far".repeat(50)}`),
  ],
  "dist:small": [
    dataEntry(LONG),
    dataEntry("opt/hello/lib/grüße-日本.py"),
    dataEntry("opt/hello/lib/empty", ""),
  ],
  "dist:big": [dataEntry("opt/hello/lib/big", BIG)],
  "dist:noise": [
    dataEntry("opt/hello/lib/noise", NOISE),
    dataEntry("opt/hello/lib/script", "#!/bin/sh\n", 0o700),
  ],
  system: [
    dataEntry("etc/hello/hello.conf", "a = 1\n", 0o640),
    { ...dataEntry("etc/hello/secret", "s\n", 0o640), owner: { user: "root", group: "adm" } },
    { ...dataEntry("etc/hello/made", "m\n"), conffile: false },
    dataEntry("usr/share/doc/hello/copyright", "MIT\n"),
  ],
};

describe.each(COMPRESSIONS)("a package with %s", (compression) => {
  test("is unpacked by dpkg with every byte, long and foreign names included", async () => {
    const { path } = await shared(compression);
    const root = dpkgRoot();
    root.unpack(path);
    const read = (file: string) => readFileSync(join(root.path, file));
    expect(read("opt/hello/lib/big").equals(BIG)).toBe(true);
    expect(read("opt/hello/lib/noise").equals(NOISE)).toBe(true);
    expect(read(LONG).toString()).toBe(LONG);
    expect(Buffer.byteLength(LONG)).toBeGreaterThan(300);
    expect(read("opt/hello/lib/grüße-日本.py").toString()).toBe("opt/hello/lib/grüße-日本.py");
    expect(execFileSync("readlink", [join(root.path, "opt/hello/far")], { encoding: "utf8" }).trim()).toBe(
      `/opt/hello/${"far".repeat(50)}`,
    );
    expect(read("etc/hello/hello.conf.dpkg-new").toString()).toBe("a = 1\n");
    expect(read("var/lib/dpkg/info/hello.conffiles").toString()).toBe(
      "/etc/hello/hello.conf\n/etc/hello/secret\n",
    );
  });

  test("is what was reported, and no more", async () => {
    const { path, built, folder } = await shared(compression);
    const bytes = readFileSync(path);
    expect(built).toMatchObject({
      path,
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      installedSize: Number(openDeb(path).field("Installed-Size")),
    });
    expect(built.layers.map(({ id, files }) => `${id} ${files}`)).toEqual([
      "directories 0",
      "environment 3",
      "dist:small 3",
      "dist:big 1",
      "dist:noise 2",
      "system 4",
    ]);
    const compressed = built.layers.reduce((sum, layer) => sum + layer.compressedBytes, 0);
    expect(Math.abs(bytes.length - compressed)).toBeLessThan(10_000);
    expect(readdirSync(folder).toSorted()).toEqual(["hello.deb", "tmp"]);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  test("has the same bytes with any number of jobs", async () => {
    const [one, three] = [await write(compression, 1), await shared(compression)];
    expect(one.built.sha256).toBe(three.built.sha256);
  });
});

test("an xz package is one stream of many blocks, cut by layers", async () => {
  const { path } = await shared("xz");
  const folder = await tempFiles();
  const data = join(folder, "data.tar.xz");
  writeFileSync(data, execFileSync("ar", ["p", path, "data.tar.xz"], { maxBuffer: 2 ** 30 }));
  execFileSync("xz", ["--test", data]);
  const listing = execFileSync("xz", ["--robot", "--list", "-vv", data], { encoding: "utf8" });
  const blocks = listing.split("\n").filter((line) => line.startsWith("block"));
  expect(listing).toMatch(/^file\t1\t/m);
  // Folders; environment; small and noise together; big: before its large file, that in two, after it; system; the end.
  expect(blocks.length).toBe(9);
});

test("with zstd, control.tar stays one that every reader knows", async () => {
  expect(await memberNames("zstd")).toEqual(["debian-binary", "control.tar.xz", "data.tar.zst"]);
  expect(await memberNames("xz")).toEqual(["debian-binary", "control.tar.xz", "data.tar.xz"]);
  expect(await memberNames("gzip")).toEqual(["debian-binary", "control.tar.gz", "data.tar.gz"]);
  expect(await memberNames("none")).toEqual(["debian-binary", "control.tar", "data.tar"]);
});

test("md5sums hold for md5sum, without conffiles and without links", async () => {
  const { path } = await shared("zstd");
  const folder = await tempFiles();
  const tree = join(folder, "tree");
  execFileSync("dpkg-deb", ["-x", path, tree]);
  const md5sums = openDeb(path).controlFile("md5sums");
  execFileSync("md5sum", ["--check", "--strict", "--quiet"], { cwd: tree, input: md5sums });
  expect(md5sums).toContain("  etc/hello/made\n");
  expect(md5sums).not.toMatch(/hello\.conf|python3/);
});

test("Installed-Size is what dpkg-gencontrol computes", async () => {
  const { path, built } = await shared("none");
  const folder = await tempFiles();
  const tree = join(folder, "build/debian/hello");
  mkdirSync(tree, { recursive: true });
  execFileSync("dpkg-deb", ["-x", path, tree]);
  const source =
    "Source: hello\nMaintainer: J <j@example.org>\n\nPackage: hello\nArchitecture: any\nDescription: x\n";
  writeFileSync(join(folder, "build/debian/control"), source);
  const date = "Sat, 01 Jan 2000 00:00:00 +0000";
  const changelog = `hello (1.0-1) unstable; urgency=low\n\n  * x\n\n -- J <j@example.org>  ${date}\n`;
  writeFileSync(join(folder, "build/debian/changelog"), changelog);
  const control = execFileSync("dpkg-gencontrol", ["-phello", "-Pdebian/hello", "-O"], {
    cwd: join(folder, "build"),
    encoding: "utf8",
  });
  // The folder DEBIAN, which dpkg-gencontrol makes room for, is not part of the package.
  expect(control).toContain(`\nInstalled-Size: ${built.installedSize}\n`);
});

test("control files, their order and modes, and the listing are golden", async () => {
  const folder = await tempFiles();
  const path = join(folder, "hello.deb");
  const small = { ...ENTRIES, "dist:big": [dataEntry("opt/hello/lib/big", "small")], "dist:noise": [] };
  const contents = contentsOf(small, {
    control: {
      ...CONTROL,
      depends: ["libc6 (>= 2.36)", "python3.11"],
      preDepends: ["dpkg (>= 1.17.14)"],
      homepage: "https://hello.example.org",
      description: "It greets, and it does so politely.\n\n  hello --loud\n\nMore about it.",
    },
    controlFiles: [
      { name: "triggers", content: "interest-noawait /usr/bin/python3.11\n", mode: 0o644 },
      { name: "postinst", content: "#!/bin/sh\nset -e\n", mode: 0o755 },
    ],
  });
  await writeDeb(contents, path, { jobs: 1, temporaryDirectory: folder });
  const deb = openDeb(path);
  const files = Object.fromEntries(deb.controlFiles.map((name) => [name, deb.controlFile(name)]));
  expectGolden("deb/hello", { ...files, listing: deb.listing() });
  expect(deb.entries.every(({ time }) => time === "2001-09-09 01:46:40")).toBe(true);
});

test("progress reaches the whole", async () => {
  const folder = await tempFiles();
  const seen: [number, number][] = [];
  const progress = (_: string, done = 0, total = 0): void => void seen.push([done, total]);
  const contents = contentsOf(ENTRIES, { compression: "none" });
  await writeDeb(contents, join(folder, "x.deb"), { jobs: 2, temporaryDirectory: folder, progress });
  const [done, total] = seen.at(-1) ?? [];
  expect(done).toBe(total);
});

describe("when it fails nothing stays", () => {
  test.each(COMPRESSIONS)("a file that changes during the build (%s)", async (compression) => {
    const folder = await tempFiles({ source: "x", "out/hello.deb": "former" });
    const gone: PackageEntry = {
      kind: "file",
      path: "opt/hello/gone",
      mode: 0o644,
      source: join(folder, "source"),
      size: 2,
    };
    const contents = contentsOf({ ...ENTRIES, project: [gone] }, { compression });
    mkdirSync(join(folder, "tmp"));
    const options = { jobs: 2, temporaryDirectory: join(folder, "tmp") };
    const error = await thrown(async () => writeDeb(contents, join(folder, "out/hello.deb"), options));
    expect(error).toMatchObject({ code: "DEB_FILE_CHANGED" });
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
    expect(readdirSync(join(folder, "out"))).toEqual(["hello.deb"]);
    expect(readFileSync(join(folder, "out/hello.deb"), "utf8")).toBe("former");
  });

  test.each(["xz", "zstd", "gzip"] as const)(
    "a missing %s is named with its Debian package",
    async (compression) => {
      const folder = await tempFiles();
      vi.stubEnv("PATH", "/nonexistent");
      onTestFinished(() => {
        vi.unstubAllEnvs();
      });
      const contents = contentsOf(ENTRIES, { compression });
      const error = await thrown(async () =>
        writeDeb(contents, join(folder, "x.deb"), { jobs: 2, temporaryDirectory: folder }),
      );
      const debianPackage = compression === "xz" ? "xz-utils" : compression;
      expect(error).toMatchObject({ code: "TOOL_MISSING", hint: `apt-get install ${debianPackage}` });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test.each([
    ["a name that is taken", { name: "md5sums", content: "x\n", mode: 0o644 }],
    ["a name that is a path", { name: "../x", content: "x\n", mode: 0o644 }],
    ["triggers without an end of line", { name: "triggers", content: "interest x", mode: 0o644 }],
    ["a strange mode", { name: "postinst", content: "x\n", mode: 0o4755 }],
  ])("a control file with %s", async (_, file) => {
    const folder = await tempFiles();
    const contents = contentsOf({ project: [dataEntry("opt/hello/x")] }, { controlFiles: [file] });
    const error = await thrown(async () =>
      writeDeb(contents, join(folder, "x.deb"), { jobs: 1, temporaryDirectory: folder }),
    );
    expect(error).toMatchObject({ code: "DEB_BAD_CONTROL_FILE" });
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** What most tests look at, written once: each compresses as much as a project does. */
const written = new Map<Compression, ReturnType<typeof write>>();
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function shared(compression: Compression): ReturnType<typeof write> {
  const known = written.get(compression) ?? write(compression, 3);
  written.set(compression, known);
  return known;
}

async function write(compression: Compression, jobs: number) {
  const folder = mkdtempSync(join(tmpdir(), "venvdeb-write-"));
  folders.push(folder);
  const path = join(folder, "hello.deb");
  mkdirSync(join(folder, "tmp"));
  const built = await writeDeb(contentsOf(ENTRIES, { compression }), path, {
    jobs,
    temporaryDirectory: join(folder, "tmp"),
  });
  expect(statSync(path).mode & 0o777).toBe(0o644);
  return { path, folder, built };
}

async function memberNames(compression: Compression): Promise<string[]> {
  const { path } = await shared(compression);
  return execFileSync("ar", ["t", path], { encoding: "utf8" }).trim().split("\n");
}
