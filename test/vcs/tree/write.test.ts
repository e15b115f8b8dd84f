import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TreeEntry } from "../../../src/vcs/tree/types.ts";
import { writeTree } from "../../../src/vcs/tree/write.ts";
import { checkLinks } from "../../../src/vcs/tree/links.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";

function file(path: string, text = ""): TreeEntry {
  const bytes = Buffer.from(text);
  async function* data(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { kind: "file", path, isExecutable: false, size: bytes.length, data };
}

function link(path: string, target: string): TreeEntry {
  return { kind: "symlink", path, target };
}

async function* stream(entries: readonly TreeEntry[]): AsyncGenerator<TreeEntry> {
  yield* entries;
}

const SMALL = { bytes: 1000, entries: 10 };

describe("a tree that is written", () => {
  it.each([
    ["a path out of it", [file("../x")]],
    ["a path out of it by a folder", [file("a/../../x")]],
    ["an absolute path", [file("/etc/x")]],
    ["an empty part of a path", [file("a//x")]],
    ["a dot", [file("a/./x")]],
    ["a file in the place of the root", [file("")]],
    ["the data of git", [file(".git/config")]],
    ["the data of git on a file system without case", [file("a/.GiT/hooks/post-checkout")]],
    ["the data of git in the short form of Windows", [file("git~1/config")]],
    ["a name that is no UTF-8", [file("a\uFFFD")]],
    ["a name with a NUL", [file("a\0b")]],
    ["a name that is too long", [file("x".repeat(256))]],
    ["a file twice", [file("a"), file("a")]],
    ["a file in the place of a folder", [file("a/b"), file("a")]],
    ["a file as a folder", [file("a"), file("a/b")]],
    ["a link twice", [link("a", "b"), link("a", "c")]],
    ["a link in the place of a file", [file("a"), link("a", "b")]],
    ["a link that files are written through", [link("a", "/etc"), file("a/passwd")]],
    ["a link out of it", [link("a", "../b")]],
    ["an absolute link", [link("a", "/etc/passwd")]],
    ["a link out of it in a folder", [link("d/e/a", "../../../b")]],
    ["a link out of it by another link", [link("s/t/u", "../.."), link("s/t/x", "u/../etc")]],
    ["a link to itself", [link("a", "a")]],
    ["links in a ring", [link("a", "b"), link("b", "a")]],
    ["a link to nothing at all", [link("a", "")]],
  ] as const)("has not %s", async (_, entries) => {
    const folder = await tempFiles({ "outside/passwd": "kept" });
    const error = await thrown(() => writeTree(stream(entries), join(folder, "tree"), new Date(0)));
    expect(error.code).toBe("VCS_UNSAFE_TREE");
    expect(readdirSync(folder)).toEqual(["outside"]);
  });

  it("has odd but harmless names, and links that stay inside", async () => {
    const folder = await tempFiles();
    const names = ["line\nend", "-rf", "$(x)", "a b", "Name", "name", "...", "ü", "*"];
    const links = [
      link("d/up", "../name"),
      link("gone", "not/there"),
      link("dir", "d/../d"),
      link("x", "dir/up"),
    ];
    await writeTree(
      stream([...names.map((name) => file(name, name)), ...links]),
      join(folder, "tree"),
      new Date(0),
    );
    expect(names.map((name) => readFileSync(join(folder, "tree", name), "utf8"))).toEqual(names);
    expect(readlinkSync(join(folder, "tree/d/up"))).toBe("../name");
    expect(readFileSync(join(folder, "tree/x"), "utf8")).toBe("name");
  });

  it("has an end", async () => {
    const folder = await tempFiles();
    const many = Array.from({ length: 11 }, (_, index) => file(`f${index}`));
    for (const entries of [many, [file("big", "x".repeat(1001))]]) {
      const error = await thrown(() => writeTree(stream(entries), join(folder, "tree"), new Date(0), SMALL));
      expect(error.code).toBe("VCS_TOO_BIG");
      expect(existsSync(join(folder, "tree"))).toBe(false);
    }
  });
});

it("finds out that links of links stay inside without following them forever", () => {
  const chain = Array.from({ length: 30 }, (_, index) => [`l${index}`, `l${index + 1}`] as const);
  checkLinks(new Map(chain));
  const bomb = Array.from(
    { length: 60 },
    (_, index) => [`l${index}`, `l${index + 1}/l${index + 1}`] as const,
  );
  expect(() => checkLinks(new Map(bomb))).toThrow("ends nowhere");
});
