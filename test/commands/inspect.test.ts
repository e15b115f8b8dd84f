import { execa } from "execa";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "../helpers/cli.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const MANIFEST = {
  manifestVersion: 1,
  tool: { name: "venvdeb", version: "0.1.0" },
  package: { name: "hello", version: "1.0-1", architecture: "all" },
  target: { distribution: "debian", codename: "bookworm", architecture: "amd64", python: "3.11" },
  environmentPath: "/opt/hello",
  layers: [
    { id: "environment", mtime: 0, files: 4, installedBytes: 120 },
    {
      id: "dist:psycopg2",
      mtime: 0,
      files: 30,
      installedBytes: 2_500_000,
      distribution: { name: "psycopg2", version: "2.9.9", origin: "built", license: "LGPL-3.0-or-later" },
    },
  ],
  relations: [
    {
      relation: "libpq5 (>= 10~~)",
      field: "Depends",
      reasons: [
        {
          distribution: "psycopg2",
          object: "opt/hello/lib/python3.11/site-packages/psycopg2/_psycopg.so",
          library: "libpq.so.5",
          detail: "needs PQencryptPasswordConn, there since 10~~",
        },
      ],
    },
    { relation: "python3.11", field: "Depends", reasons: [{ detail: "runs the environment" }] },
  ],
};

/** A package that dpkg-deb makes. */
async function makeDeb(files: Readonly<Record<string, string>>): Promise<string> {
  const control =
    "Package: hello\nVersion: 1.0-1\nArchitecture: all\nMaintainer: A <a@b.c>\nDescription: x\n y\n .\n z\n";
  const folder = await tempFiles({ "hello/DEBIAN/control": control, ...files });
  await execa("dpkg-deb", ["--root-owner-group", "-b", "hello"], { cwd: folder });
  return join(folder, "hello.deb");
}

const withManifest = { "hello/usr/share/doc/hello/venvdeb.json": JSON.stringify(MANIFEST) };

describe("venvdeb inspect", () => {
  it("shows control, relations with who needs them, and layers by size", async () => {
    const { exitCode, stdout, stderr } = await cli(["inspect", await makeDeb(withManifest)]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Package: hello\nVersion: 1.0-1\n");
    expect(stdout).toContain("Description: x\n y\n .\n z\n");
    expect(stdout).toMatch(/^1 files, \d+ B installed, [\d.]+ k?B packed$/m);
    expect(stdout).toMatch(/^Depends +libpq5 \(>= 10~~\) +psycopg2$/m);
    expect(stdout).toMatch(/^Depends +python3\.11 +runs the environment$/m);
    expect(stdout).toMatch(/^psycopg2 +2\.9\.9 +30 files +2\.5 MB +LGPL-3\.0-or-later$/m);
    expect(stdout.search(/^psycopg2/m)).toBeLessThan(stdout.search(/^environment/m));
  });

  it("explains a relation", async () => {
    const deb = await makeDeb(withManifest);
    const { exitCode, stdout } = await cli(["inspect", deb, "--why", "libpq5"]);
    expect([exitCode, stdout]).toEqual([
      0,
      `Depends: libpq5 (>= 10~~)
  psycopg2
    opt/hello/lib/python3.11/site-packages/psycopg2/_psycopg.so -> libpq.so.5: needs PQencryptPasswordConn, there since 10~~`,
    ]);
    const json = await cli(["inspect", deb, "--why", "libpq5", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual([MANIFEST.relations[0]]);
    const none = await cli(["inspect", deb, "--why", "libpq"]);
    expect([none.exitCode, none.stdout]).toEqual([1, "hello has no relation to libpq"]);
  });

  it("lists files by the layer that they belong to", async () => {
    const counted = MANIFEST.layers.map((layer) => ({ ...layer, files: 1 }));
    const deb = await makeDeb({
      "hello/opt/hello/bin/activate": "",
      "hello/opt/hello/lib/psycopg2.py": "x",
      "hello/usr/share/doc/hello/venvdeb.json": JSON.stringify({ ...MANIFEST, layers: counted }),
    });
    const { stdout } = await cli(["inspect", "--files", deb]);
    expect(stdout).toMatch(
      /^environment:\n0644 {2}0 {2}\/opt\/hello\/bin\/activate\n\npsycopg2:\n0644 {2}1 {2}\/opt\/hello\/lib\/psycopg2\.py\n\nsystem:\n0644 {2}\d+ {2}\/usr\/share\/doc\/hello\/venvdeb\.json$/m,
    );
  });

  it("gives everything as JSON", async () => {
    const { stdout } = await cli(["inspect", "--json", await makeDeb(withManifest)]);
    expect(JSON.parse(stdout)).toMatchObject({
      control: { Package: "hello" },
      manifest: MANIFEST,
      files: expect.arrayContaining([expect.objectContaining({ path: "usr/share/doc/hello/venvdeb.json" })]),
    });
  });

  it.each([
    ["no manifest", {}],
    ["one that is no JSON", { "hello/usr/share/doc/hello/venvdeb.json": "{" }],
    ["one of another version", { "hello/usr/share/doc/hello/venvdeb.json": '{"manifestVersion":2}' }],
  ])("can show a package with %s, but not explain it", async (_, files) => {
    const deb = await makeDeb(files);
    expect((await cli(["inspect", deb])).exitCode).toBe(0);
    const { exitCode, stderr } = await cli(["inspect", deb, "--why", "libc6"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("[DEB_NO_MANIFEST]")]);
  });
});
