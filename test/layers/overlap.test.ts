import { expect, test } from "vitest";
import { overlap } from "../../src/layers/overlap.ts";

test.each([
  ["files of their own", [["a/b.py"], ["a/c.py", "d"]], false],
  ["one path of two", [["a/b.py"], ["a/b.py"]], true],
  ["a file where another has a folder", [["a/b"], ["a/b/c.py"]], true],
  ["a folder where another has a file", [["a/b/c/d.py"], ["a/b"]], true],
  ["names that begin alike", [["a/b.py"], ["a/b"], ["a/b.pyi/x"]], false],
  ["nothing", [], false],
])("%s", (_, owners, expected) => {
  expect(overlap(owners)).toBe(expected);
});
