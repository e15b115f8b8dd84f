import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contentsOf, dataEntry, noise } from "../helpers/deb-contents.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { writeInChild, type ChildWrite } from "../helpers/write-child.ts";

const FILES = {
  project: [
    dataEntry("opt/hello/İstanbul", "x".repeat(5000)),
    dataEntry("opt/hello/i"),
    dataEntry("opt/hello/I"),
  ],
  system: [dataEntry("etc/hello.conf", "a\n", 0o600)],
};

test.each(["xz", "zstd", "gzip"] as const)(
  "neither the machine nor the user leaves a trace in the bytes (%s)",
  async (compression) => {
    const folder = await tempFiles();
    const write = (name: string, rest: Partial<ChildWrite>) => {
      mkdirSync(join(folder, name));
      const temporaryDirectory = join(folder, name);
      const contents = contentsOf(FILES, { compression });
      return writeInChild({
        contents,
        path: join(folder, `${name}.deb`),
        jobs: 1,
        temporaryDirectory,
        ...rest,
      });
    };
    const options = { XZ_OPT: "-9", XZ_DEFAULTS: "-T1", GZIP: "-1", ZSTD_CLEVEL: "1" };
    const here = write("here", { before: "umask 022", env: { TZ: "UTC", LC_ALL: "C" } });
    const there = write("there", {
      before: "umask 077",
      jobs: 4,
      env: { TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", HOME: "/nonexistent", ...options },
    });
    expect(here.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(there).toEqual(here);
  },
);

describe("a full disk is an error that names the folder, and nothing stays", () => {
  const cases = (["xz", "zstd", "gzip", "none"] as const).flatMap((compression) => [
    { compression, full: "tmp" },
    { compression, full: "out" },
  ]);
  test.each(cases)("$full, $compression", async ({ compression, full }) => {
    const folder = await tempFiles();
    for (const name of ["tmp", "out"]) mkdirSync(join(folder, name));
    const error = writeInChild({
      contents: contentsOf({ project: [dataEntry("opt/hello/noise", noise(256_000))] }, { compression }),
      path: join(folder, "out/hello.deb"),
      jobs: 2,
      temporaryDirectory: join(folder, "tmp"),
      before: `mount -t tmpfs -o size=64k none '${join(folder, full)}'`,
    });
    expect(error).toMatchObject({ code: "DEB_DISK_FULL" });
    expect(error.message).toContain(join(folder, full));
    expect(error.left).toEqual([]);
  });
});
