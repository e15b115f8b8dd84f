import { describe, expect, test } from "vitest";
import { parseSymbols } from "../../src/dependencies/symbols-file.ts";

const parse = (text: string, architecture = "amd64", include?: (name: string) => string | undefined) =>
  parseSymbols(text, { architecture, ...(include === undefined ? {} : { include }) });

const lookup = (line: string, symbol: string, architecture = "amd64") =>
  parse(`liba.so.1 liba1 #MINVER#\n ${line}\n`, architecture).get("liba.so.1")?.lookup(symbol)
    ?.minimalVersion;

const lists = (symbols: string) =>
  parse(`liba.so.1 liba1 #MINVER#\n${symbols}`).get("liba.so.1")?.listsVersions;

test("a file of two libraries, an alternative template and fields", () => {
  const libraries = parse(
    [
      "libone.so.1 libone1 #MINVER#",
      "| libone1 (>= 2.0), libone1 (<< 3.0)",
      "* Build-Depends-Package: libone-dev",
      " first@Base 1.2",
      " second@ONE_1 1.4-2 1",
      "libtwo.so.2 libtwo2 #MINVER#",
      "* Build-Depends-Packages: libtwo-dev, libthree-dev",
      " first@Base 0.1",
      "",
    ].join("\n"),
  );
  expect([...libraries.keys()]).toEqual(["libone.so.1", "libtwo.so.2"]);
  const one = libraries.get("libone.so.1");
  expect(one?.templates).toEqual(["libone1 #MINVER#", "libone1 (>= 2.0), libone1 (<< 3.0)"]);
  expect(one?.buildDependsPackages).toEqual(["libone-dev"]);
  expect(one?.lookup("second@ONE_1")).toMatchObject({ minimalVersion: "1.4-2", template: 1 });
  expect(one?.lookup("third@Base")).toBeUndefined();
  expect(libraries.get("libtwo.so.2")?.buildDependsPackages).toEqual(["libtwo-dev", "libthree-dev"]);
  expect(libraries.get("libtwo.so.2")?.lookup("first@Base")).toMatchObject({ minimalVersion: "0.1" });
});

describe("the smallest version", () => {
  test.each([
    ["by Debian's order, not the text's", " a@Base 1.10\n b@Base 1.9\n", "1.9"],
    ["of the main template only", " a@Base 2\n b@Base 1 1\n", "2"],
    ["with missing symbols counted", " a@Base 2\n#MISSING: 3# b@Base 1\n", "1"],
    ["of nothing", "", undefined],
  ])("%s", (_, symbols, smallest) => {
    expect(parse(`liba.so.1 liba1 #MINVER#\n${symbols}`).get("liba.so.1")?.smallestVersion).toBe(smallest);
  });
});

describe("one symbol line", () => {
  test.each([
    ["plain", "f@Base 1.0", "f@Base", "1.0"],
    ["with a template number", "f@Base 1.0 1", "f@Base", "1.0"],
    ["optional", "(optional)f@Base 1.0", "f@Base", "1.0"],
    [
      "optional with a reason, and more tags",
      "(optional=templinst|ignore-blacklist)f@Base 1.0",
      "f@Base",
      "1.0",
    ],
    ["quoted", '(optional)"f g@Base" 1.0', "f g@Base", "1.0"],
    ["quoted once", "(optional)'f@Base' 1.0", "f@Base", "1.0"],
    ["any symbol of a version", "(symver)ONE_2 2.0", "g@ONE_2", "2.0"],
    ["not of another version", "(symver)ONE_2 2.0", "g@ONE_3", undefined],
    ["the old form of that", "*@ONE_2 2.0", "g@ONE_2", "2.0"],
    ["an expression", '(regex)"^g.*@Base$" 3.0', "gamma@Base", "3.0"],
    ["a bad expression matches nothing", '(regex)"^g(@Base$" 3.0', "g(@Base", undefined],
    ["a C++ name matches no plain name", '(c++)"a::b()@Base" 3.0', "_ZN1a1bEv@Base", undefined],
    ["without a version", "f@Base", "f@Base", undefined],
  ])("%s", (_, line, symbol, minimum) => expect(lookup(line, symbol)).toBe(minimum));

  test.each([
    ["arch=amd64", "amd64", true],
    ["arch=amd64", "arm64", false],
    ["arch=!amd64", "amd64", false],
    ["arch=!amd64", "arm64", true],
    ["arch=i386 arm64", "arm64", true],
    ["arch=any-arm", "armhf", true],
    ["arch=any-arm", "arm64", false],
    ["arch=linux-any", "s390x", true],
    ["arch=hurd-any", "amd64", false],
    ["arch-bits=64", "amd64", true],
    ["arch-bits=32", "amd64", false],
    ["arch-bits=64|arch-endian=big", "s390x", true],
    ["arch-endian=big", "amd64", false],
  ])("(%s) is for %s: %s", (tags, architecture, isFor) => {
    expect(lookup(`(${tags})f@Base 1.0`, "f@Base", architecture)).toBe(isFor ? "1.0" : undefined);
  });
});

test("a missing or deprecated symbol is not found", () => {
  const library = parse(
    "liba.so.1 liba1 #MINVER#\n#MISSING: 2.0# f@Base 1.0\n#DEPRECATED: 2.0#g@Base 1.0\n h@Base 1.0\n",
  );
  const found = (symbol: string) => library.get("liba.so.1")?.lookup(symbol);
  expect([found("f@Base"), found("g@Base")]).toEqual([undefined, undefined]);
  expect(found("h@Base")).toBeDefined();
});

test("included files, their tags, and a loop of them", () => {
  const files: Record<string, string> = {
    common: ' c@Base 1.0\n#include "self"\n',
    self: '#include "self"\n s@Base 1.0\n',
    "only-arm": " a@Base 1.0\n",
  };
  const text =
    'liba.so.1 liba1 #MINVER#\n#include "common"\n(arch=armhf)#include "only-arm"\n#include "absent"\n z@Base 1.0\n';
  const library = parse(text, "amd64", (name) => files[name]).get("liba.so.1");
  const names = ["c@Base", "s@Base", "a@Base", "z@Base"];
  expect(names.filter((name) => library?.lookup(name) !== undefined)).toEqual(["c@Base", "s@Base", "z@Base"]);
});

test("version nodes are known where the file lists them", () => {
  expect(lists(" A_1@A_1 1.0\n f@A_1 1.0\n")).toBe(true);
  expect(lists(" f@A_1 1.0\n")).toBe(false);
});

test("text that is no symbols file gives nothing and no error", () => {
  expect(parse(" orphan@Base 1.0\n| nothing\n* Field: x\nword\n\u0000\n").size).toBe(0);
});
