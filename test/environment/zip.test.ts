import * as fc from "fast-check";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readZip } from "../../src/environment/zip.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { zip } from "../helpers/wheel-writer.ts";

test("archives that Python writes are read: stored, deflated, zip64, modes, names in UTF-8", async () => {
  const folder = await tempFiles();
  const program = `import zipfile, sys
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("a/ä.txt", "x" * 10000)
    z.writestr(zipfile.ZipInfo("dir/"), "")
    z.writestr("stored", "abc", zipfile.ZIP_STORED)
    with z.open("wide", "w", force_zip64=True) as s: s.write(b"wide")
    i = zipfile.ZipInfo("run"); i.external_attr = 0o100755 << 16; z.writestr(i, "#!")`;
  execFileSync("/usr/bin/python3.11", ["-c", program, join(folder, "x.zip")]);
  const entries = readZip(await readFile(join(folder, "x.zip")));
  expect(entries.map(({ name, size }) => [name, size])).toEqual([
    ["a/ä.txt", 10_000],
    ["stored", 3],
    ["wide", 4],
    ["run", 2],
  ]);
  expect(entries.map((entry) => entry.read().toString().slice(0, 4))).toEqual(["xxxx", "abc", "wide", "#!"]);
  expect(entries.at(-1)?.mode).toBe(0o755);
});

test("any damage gives an Error with a reason or the right bytes, never a crash or other bytes", () => {
  const sound = zip({ a: "hello", "b/c": "world".repeat(20) });
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (at, value, length) => {
      const damaged = Buffer.from(sound.subarray(0, length > 40 ? length : sound.length));
      damaged[at % damaged.length] = value;
      try {
        for (const entry of readZip(damaged))
          expect(["hello", "world".repeat(20), ""]).toContain(entry.read().toString());
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect(error).not.toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 2000 },
  );
});
