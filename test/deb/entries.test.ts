import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { compareBytes } from "../../src/deb/byte-order.ts";
import { directoriesFor, isConffile, prepareEntries } from "../../src/deb/entries.ts";
import type { Layer, PackageEntry } from "../../src/deb/entry.ts";
import { TIME, dataEntry, layersOf, linkEntry } from "../helpers/deb-contents.ts";
import { thrown } from "../helpers/thrown.ts";

test("compareBytes is the order of UTF-8 bytes", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test("directoriesFor gives every parent once, parents first", () => {
  expect(directoriesFor(["opt/b/c/x", "opt/a/y", "etc/z", "top", "opt/b/c"])).toEqual([
    "etc",
    "opt",
    "opt/a",
    "opt/b",
    "opt/b/c",
  ]);
});

describe("prepareEntries", () => {
  test("sorts by bytes and changes nothing of its input", () => {
    const layers = layersOf({ project: [dataEntry("opt/h/é"), dataEntry("opt/h/z"), dataEntry("opt/h/Z")] });
    const before = JSON.stringify(layers);
    expect(prepareEntries(layers)[1]?.entries.map(({ path }) => path)).toEqual([
      "opt/h/Z",
      "opt/h/z",
      "opt/h/é",
    ]);
    expect(JSON.stringify(layers)).toBe(before);
  });

  test("normalises the modes of the staged tree and keeps those that settings give", () => {
    const [, project, system] = prepareEntries(
      layersOf({
        project: [dataEntry("opt/a", "", 0o600), dataEntry("opt/b", "", 0o710)],
        system: [dataEntry("etc/a", "", 0o600), dataEntry("etc/b", "", 0o710)],
      }),
    );
    expect(project?.entries.map(({ mode }) => mode)).toEqual([0o644, 0o755]);
    expect(system?.entries.map(({ mode }) => mode)).toEqual([0o600, 0o710]);
  });

  test.each<[string, string, Layer[]]>([
    ["an absolute path", "DEB_BAD_PATH", inOpt(dataEntry("/opt/a"))],
    ["a path that climbs", "DEB_BAD_PATH", inOpt(dataEntry("opt/../etc/passwd"))],
    ["a dot in a path", "DEB_BAD_PATH", inOpt(dataEntry("opt/./a"))],
    ["an empty part", "DEB_BAD_PATH", inOpt(dataEntry("opt//a"))],
    ["an empty path", "DEB_BAD_PATH", inOpt(dataEntry("", "x"))],
    ["a NUL", "DEB_BAD_PATH", inOpt(dataEntry("opt/a\0b"))],
    ["a newline", "DEB_BAD_PATH", inOpt(dataEntry("opt/a\nb"))],
    ["a lone surrogate", "DEB_BAD_PATH", inOpt(dataEntry("opt/a\ud800"))],
    [
      "a name that leaves dpkg no room for .dpkg-new",
      "DEB_BAD_PATH",
      inOpt(dataEntry(`opt/${"x".repeat(247)}`)),
    ],
    ["an endless path", "DEB_BAD_PATH", inOpt(dataEntry(`opt${"/x".repeat(3000)}`))],
    ["an empty link target", "DEB_BAD_PATH", inOpt(linkEntry("opt/a", ""))],
    ["a newline in a link target", "DEB_BAD_PATH", inOpt(linkEntry("opt/a", "x\ny"))],
    ["two entries at one path", "DEB_DUPLICATE_PATH", inOpt(dataEntry("opt/a"), linkEntry("opt/a", "b"))],
    ["a file in the place of a folder", "DEB_DUPLICATE_PATH", inOpt(dataEntry("opt"))],
    ["a missing parent", "DEB_MISSING_DIRECTORY", inOpt(dataEntry("opt/a/b"))],
    ["a parent that is a link", "DEB_BAD_PATH", inOpt(linkEntry("opt/a", "b"), dataEntry("opt/a/b"))],
    ["a parent that is a file", "DEB_BAD_PATH", inOpt(dataEntry("opt/a"), dataEntry("opt/a/b"))],
    ["a folder outside the first layer", "DEB_MISPLACED_DIRECTORY", inOpt(folder("opt/a"))],
    ["setuid in the staged tree", "DEB_BAD_MODE", inOpt(dataEntry("opt/a", "", 0o4755))],
    ["a mode that is none", "DEB_BAD_MODE", inOpt(dataEntry("opt/a", "", 0o100644))],
    ["a file that its owner can't read", "DEB_BAD_MODE", inOpt(dataEntry("opt/a", "", 0))],
    [
      "an owner that is no name",
      "DEB_BAD_OWNER",
      inOpt({ ...dataEntry("opt/a"), owner: { user: "a b", group: "root" } }),
    ],
    ["a time that tar can't hold", "DEB_BAD_TIME", [{ id: "directories", mtime: 2 ** 31, entries: [] }]],
    ["a time that is no whole number", "DEB_BAD_TIME", [{ id: "directories", mtime: 0.5, entries: [] }]],
  ])("refuses %s", async (_, code, layers) => {
    expect(await thrown(() => prepareEntries(layers))).toMatchObject({ code });
  });
});

test("everything under /etc is a conffile unless its entry says otherwise", () => {
  expect(isConffile(dataEntry("etc/a"))).toBe(true);
  expect(isConffile({ ...dataEntry("etc/a"), conffile: false })).toBe(false);
  expect(isConffile({ ...dataEntry("opt/a"), conffile: true })).toBe(true);
  expect(isConffile(dataEntry("opt/etc/a"))).toBe(false);
  expect(isConffile(linkEntry("etc/a", "b"))).toBe(false);
});

function folder(path: string): PackageEntry {
  return { kind: "directory", path, mode: 0o755 };
}

function inOpt(...entries: PackageEntry[]): Layer[] {
  return [
    { id: "directories", mtime: TIME, entries: [folder("opt")] },
    { id: "project", mtime: TIME, entries },
  ];
}
