import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PackageEntry } from "../../src/deb/entry.ts";
import { tarSize, writeTar, type TarPosition } from "../../src/deb/tar.ts";
import { readData, readTar } from "../../src/deb/untar.ts";
import { TIME, dataEntry, linkEntry } from "../helpers/deb-contents.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const WHOLE: TarPosition = { rootTime: TIME, isLast: true };

describe("writeTar", () => {
  test("GNU tar lists names, modes, owners, times and targets as given", async () => {
    const long = `${"d".repeat(90)}/${"f".repeat(200)}`;
    const { tar } = await write([
      { kind: "directory", path: "opt", mode: 0o755 },
      { ...dataEntry("opt/a", "hello", 0o640), owner: { user: "www-data", group: "adm" } },
      dataEntry(`opt/${long}`),
      dataEntry("opt/grüße-日本語-😀"),
      linkEntry("opt/link", `/opt/${"t".repeat(150)}/ü`),
    ]);
    const listing = execFileSync("tar", ["-tv", "--full-time", "--utc", "--quoting-style=literal", "-f-"], {
      input: tar,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    const lines = listing
      .trim()
      .split("\n")
      .map((line) => line.replaceAll(/ +/g, " "));
    const time = "2001-09-09 01:46:40";
    expect(lines).toEqual([
      `drwxr-xr-x root/root 0 ${time} ./`,
      `drwxr-xr-x root/root 0 ${time} ./opt/`,
      `-rw-r----- www-data/adm 5 ${time} ./opt/a`,
      `-rw-r--r-- root/root 295 ${time} ./opt/${long}`,
      `-rw-r--r-- root/root 26 ${time} ./opt/grüße-日本語-😀`,
      `lrwxrwxrwx root/root 0 ${time} ./opt/link -> /opt/${"t".repeat(150)}/ü`,
    ]);
  });

  test("no name or target makes it write a header that dpkg refuses; what is written reads back", async () => {
    const part = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
      .filter((text) => !/[\0/\n]|^\.{1,2}$/.test(text) && Buffer.byteLength(text) < 246);
    const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
    const file = fc.tuple(path, fc.uint8Array({ maxLength: 1500 })).map(([at, data]) => dataEntry(at, data));
    const link = fc.tuple(path, path).map(([at, to]) => linkEntry(at, to));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(file, link), { maxLength: 6 }), async (entries) => {
        const { tar } = await write(entries);
        const types = execFileSync("/usr/bin/python3", ["-I", "-S", "-c", TYPES], {
          input: tar,
          encoding: "utf8",
        }).trim();
        expect(types).not.toMatch(/[xg]/);
        expect(await readBack(tar)).toEqual(entries.map(described));
      }),
      { numRuns: 40 },
    );
  });

  test("the size is known before, and both checksums come with the bytes", async () => {
    const big = Buffer.alloc(9_000_001, "big file ");
    const folder = await tempFiles({ big });
    const entries: PackageEntry[] = [
      dataEntry("opt/a", "hello"),
      { kind: "file", path: "opt/big", mode: 0o644, source: join(folder, "big"), size: big.length },
    ];
    const { tar, facts } = await write(entries);
    expect(tar.length).toBe(tarSize([{ id: "x", mtime: TIME, entries }], WHOLE));
    expect(facts).toEqual({
      size: tar.length,
      sha256: createHash("sha256").update(tar).digest("hex"),
      md5sums: new Map([
        ["opt/a", createHash("md5").update("hello").digest("hex")],
        ["opt/big", createHash("md5").update(big).digest("hex")],
      ]),
    });
  });

  test("pieces put together are the whole", async () => {
    const [a, b] = [[dataEntry("opt/a")], [dataEntry("opt/b", "x".repeat(600))]];
    const pieces = [
      await write(a, { rootTime: TIME }),
      await write(b, {}),
      await write([], { isLast: true }),
    ];
    const whole = await write([...a, ...b]);
    expect(Buffer.concat(pieces.map(({ tar }) => tar)).equals(whole.tar)).toBe(true);
  });

  test.each([
    ["a small file that grew", 10, 11],
    ["a small file that shrank", 10, 9],
    ["a big file that grew", 9_000_000, 12_000_000],
    ["a big file that shrank", 9_000_000, 8_999_999],
    ["a small file that is gone", 10, undefined],
    ["a big file that is gone", 9_000_000, undefined],
  ])("%s is named in an error", async (_, size, actual) => {
    const folder = await tempFiles();
    const source = join(folder, "file");
    if (actual !== undefined) writeFileSync(source, Buffer.alloc(actual));
    const error = await thrown(async () =>
      write([{ kind: "file", path: "opt/file", mode: 0o644, source, size }]),
    );
    expect(error).toMatchObject({ code: "DEB_FILE_CHANGED" });
    expect(error.message).toContain(source);
  });

  test("what the receiver throws ends it", async () => {
    const layers = [{ id: "x", mtime: TIME, entries: [dataEntry("opt/a", Buffer.alloc(3_000_000))] }];
    await expect(writeTar(layers, WHOLE, async () => Promise.reject(new Error("no room")))).rejects.toThrow(
      "no room",
    );
  });
});

/** The type flag of each header. */
const TYPES = `
import sys
data, at = sys.stdin.buffer.read(), 0
while data[at]:
    print(chr(data[at + 156]), end="")
    at += 512 + -(-int(data[at + 124:at + 135], 8) // 512) * 512
`;

async function write(entries: readonly PackageEntry[], position = WHOLE) {
  const chunks: Uint8Array[] = [];
  const facts = await writeTar([{ id: "x", mtime: TIME, entries }], position, async (chunk) => {
    chunks.push(chunk);
  });
  return { tar: Buffer.concat(chunks), facts };
}

async function readBack(tar: Buffer): Promise<unknown[]> {
  const entries: unknown[] = [];
  const input = async function* () {
    yield tar;
  };
  for await (const entry of readTar(input())) {
    if (entry.path === "") continue;
    const { path, kind, target } = entry;
    const data = Buffer.from(await readData(entry, 1e6)).toString("hex");
    entries.push(kind === "symlink" ? { path, target } : { path, data });
  }
  return entries;
}

function described(entry: PackageEntry): unknown {
  const { path } = entry;
  if (entry.kind === "symlink") return { path, target: entry.target };
  return { path, data: entry.kind === "data" ? Buffer.from(entry.data).toString("hex") : "" };
}
