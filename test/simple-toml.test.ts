import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { parse } from "toml";
import { describe, expect, it } from "vitest";
import { parseSimpleToml } from "../src/simple-toml.ts";

const LOCK = `version = 1
requires-python = ">=3.11, <3.14"
resolution-markers = [
    "python_full_version >= '3.12' and sys_platform == 'linux'",
    "sys_platform == 'linux'",
]

# one
[[package]]
name = "a"
source = { registry = "https://index.example.org/simple" }
dependencies = [
    { name = "b" },
    { name = "c", extra = ["x", "y"], marker = "os_name == 'nt'" },
]
sdist = { url = "https://example.org/a.tar.gz", hash = "sha256:00", size = 10764 }
wheels = []

[package.optional-dependencies]
x = [{ name = "d" }]

[package.metadata.deep]
flag = true

[[package]]
name = "é"
negative = -12
nothing = {}
nested = [[1, 2], []]
files = [{ uploaded = 2024-12-01T00:00:00.125Z, size = 1 }]

[manifest]
off = false
uploaded = 2026-02-28T23:59:59Z
`;

/** The other parser's result, or nothing where it finds a mistake. */
function parseFully(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

describe("what lock files are made of", () => {
  it.each(["sample-apps/forecast/uv.lock"])("%s is read as by the parser of everything", async (path) => {
    const text = await readFile(path, "utf8");
    expect(parseSimpleToml(text)).toEqual(parse(text));
  });

  it("is read whole", () => {
    expect(parseSimpleToml(LOCK)).toEqual(parse(LOCK));
    expect(parseSimpleToml("")).toEqual({});
  });

  it("gives tables without a prototype", () => {
    const table = parseSimpleToml('__proto__ = { a = 1 }\n[x]\nconstructor = "y"\n') ?? {};
    expect([table, table["__proto__"], table["x"]].map((one) => Object.getPrototypeOf(one))).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("is left to the parser of everything", () => {
  it.each([
    'a = "\\n"',
    "a = 'literal'",
    'a = """x"""',
    "a = 1.5",
    "a = 2024-01-01",
    "a = 0x10",
    "a = 1_000",
    "a = 9007199254740993",
    "a.b = 1",
    '"a" = 1',
    "a = 1 # said",
    "a = 1\r\n",
    "a = 1\na = 2",
    "[a]\n[a]",
    "[a]\n[[a]]",
    "[a.b]\n[a]",
    "a = []\n[[a]]",
    "a = {}\n[a.b]",
    "a = { b = 1, }",
    "a = { b = 1, b = 2 }",
    "a = [1 2]",
    "a = truest",
    "[[a]\nb = 1",
    "a = 1 b = 2",
    "a",
    `a = ${"[".repeat(100_000)}`,
  ])("%s", (text) => {
    expect(parseSimpleToml(text.slice(0, 200_000))).toBeUndefined();
  });
});

it("never disagrees with the parser of everything, whatever is changed", () => {
  const pieces = [
    "",
    '"',
    "[",
    "]",
    "{",
    "}",
    ",",
    "=",
    ".",
    "#",
    "\n",
    " ",
    "0",
    "-",
    "a",
    "\\",
    "'",
    "\t",
    "true",
  ];
  const lines = LOCK.split("\n");
  const change = fc.record({
    drop: fc.array(fc.nat(lines.length - 1), { maxLength: 20 }),
    at: fc.nat(LOCK.length),
    remove: fc.nat(3),
    piece: fc.oneof(
      fc.constantFrom(...pieces),
      fc.constantFrom(...lines).map((line) => `\n${line}\n`),
    ),
  });
  fc.assert(
    fc.property(change, ({ drop, at, remove, piece }) => {
      const left = lines.filter((_, index) => !drop.includes(index)).join("\n");
      const text = left.slice(0, at) + piece + left.slice(at + remove);
      const simple = parseSimpleToml(text);
      if (simple !== undefined) expect(simple).toEqual(parseFully(text));
    }),
    { numRuns: 3000 },
  );
});
