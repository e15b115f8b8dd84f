import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseRecord, recordHash, renderRecord, rowIsTrue } from "../../src/relocate/record.ts";

test("rows with commas, quotes and line ends are read and written as CSV", () => {
  const text = 'a.py,sha256=x,1\n"b,""c"".py",sha256=y,2\r\nd.dist-info/RECORD,,\n';
  expect(parseRecord(text)).toEqual([
    { path: "a.py", hash: "sha256=x", size: "1" },
    { path: 'b,"c".py', hash: "sha256=y", size: "2" },
    { path: "d.dist-info/RECORD", hash: "", size: "" },
  ]);
});

test("any paths come back from a written RECORD", () => {
  const path = fc
    .string({ minLength: 1, unit: "grapheme" })
    .filter((one) => one.trim() === one && !one.includes("\r"));
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 20 }), (paths) => {
      const rows = paths.map((one) => ({ path: one, hash: "sha256=abc", size: "3" }));
      const read = parseRecord(renderRecord(rows));
      expect(new Set(read.map((row) => row.path))).toEqual(new Set(paths));
    }),
  );
});

test("a row is true of its bytes only, and only with a digest that PEP 427 allows", () => {
  const bytes = Buffer.from("x = 1\n");
  const row = { path: "x.py", hash: recordHash(bytes), size: "6" };
  expect(rowIsTrue(row, bytes)).toBe(true);
  expect(rowIsTrue({ ...row, hash: `${row.hash}=` }, bytes)).toBe(true);
  expect(rowIsTrue({ ...row, hash: recordHash(bytes, "sha512") }, bytes)).toBe(true);
  expect(rowIsTrue({ ...row, hash: recordHash(bytes, "md5") }, bytes)).toBe(false);
  expect(rowIsTrue({ ...row, size: "7" }, bytes)).toBe(false);
  expect(rowIsTrue({ ...row, hash: "" }, bytes)).toBe(false);
  expect(rowIsTrue(row, Buffer.from("x = 2\n"))).toBe(false);
});
