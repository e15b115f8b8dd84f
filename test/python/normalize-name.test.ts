import { describe, expect, it } from "vitest";
import { debianPackageName, normalizeName } from "../../src/python/normalize-name.ts";

describe("normalizeName", () => {
  it.each([
    ["Flask", "flask"],
    ["zope.interface", "zope-interface"],
    ["ruamel_yaml", "ruamel-yaml"],
    ["a-_.b", "a-b"],
  ])("makes %s to %s", (name, normal) => expect(normalizeName(name)).toBe(normal));
});

describe("debianPackageName", () => {
  it.each([
    ["Hello_Web", "hello-web"],
    ["zope.interface", "zope-interface"],
    ["c++lib", "c++lib"],
    ["x", undefined],
    ["-app", undefined],
    ["größe", undefined],
    ["two words", undefined],
    ["", undefined],
  ])("makes %j to %j", (name, expected) => expect(debianPackageName(name)).toBe(expected));
});
