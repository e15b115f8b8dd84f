import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { bytecodeMagic, sourceHashOf } from "../../src/check/source-hash.ts";

test("source hashes and magic numbers are those of the real interpreter, for sources of every length", () => {
  const sources = Array.from(
    { length: 40 },
    (_, index) => "é".repeat(index % 3) + "x = 1\n".repeat(index).slice(0, index),
  );
  const script = [
    "import sys, json, _imp, importlib.util as u",
    "magic = u._RAW_MAGIC_NUMBER",
    "hashes = [_imp.source_hash(magic, s.encode()).hex() for s in json.load(sys.stdin)]",
    "print(json.dumps([magic & 0xffff, hashes]))",
  ].join("\n");
  const output = execFileSync("/usr/bin/python3.11", ["-c", script], {
    input: JSON.stringify(sources),
    encoding: "utf8",
  });
  expect([bytecodeMagic(11), sources.map((source) => sourceHashOf(Buffer.from(source), 11))]).toEqual(
    JSON.parse(output),
  );
});

test.each([
  [8, "5beee8f4f1a8e594"],
  [9, "b42f8725bd2408b9"],
  [10, "e0fe90e097e8204a"],
  [11, "f33abdc50816ac07"],
  [12, "808a64c47ed335a1"],
  [13, "6fa38a80154e48e4"],
  [99, undefined],
])("Python 3.%i hashes as noted from a real one", (minor, hash) => {
  expect(sourceHashOf(Buffer.from("hello world"), minor)).toBe(hash);
});
