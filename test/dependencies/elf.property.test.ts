import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseElf } from "../../src/dependencies/elf.ts";
import { VenvdebError } from "../../src/errors.ts";
import { writeElf } from "../helpers/elf-writer.ts";
import { wheelTree } from "../helpers/wheels.ts";

/** Far above what reading takes; a loop that follows the file's own numbers takes longer. */
const mostMilliseconds = 2000;

function readOrRefuse(bytes: Uint8Array): void {
  const start = performance.now();
  try {
    const object = parseElf(bytes);
    object?.undefinedSymbols();
  } catch (error) {
    if (!(error instanceof VenvdebError && error.code === "DEPENDS_BAD_ELF")) throw error;
  }
  expect(performance.now() - start).toBeLessThan(mostMilliseconds);
}

const layout = fc.record({ wide: fc.boolean(), littleEndian: fc.boolean() });
const edits = fc.array(
  fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat({ max: 255 }))),
  { minLength: 1, maxLength: 24 },
);

test("a hand-made object with any bytes changed is read or refused", () => {
  fc.assert(
    fc.property(layout, edits, fc.nat({ max: 2048 }), (form, changes, length) => {
      const bytes = writeElf({
        ...form,
        machine: 62,
        needed: ["libz.so.1"],
        version: { library: "libz.so.1", node: "ZLIB_1.2.0" },
        symbol: "inflate",
      });
      for (const [at, value] of changes) bytes[at % 0x420] = value;
      readOrRefuse(bytes);
      readOrRefuse(bytes.subarray(0, length));
    }),
    { numRuns: 3000 },
  );
});

test("a real object with any bytes of its tables changed is read or refused", async () => {
  const tree = await wheelTree("markupsafe==3.0.4");
  const path = tree.files.find((file) => file.path.endsWith(".so"))?.path ?? "";
  const whole = new Uint8Array(readFileSync(join(tree.root, path)));
  fc.assert(
    fc.property(edits, (changes) => {
      const bytes = Uint8Array.from(whole);
      for (const [at, value] of changes) bytes[at % Math.min(whole.length, 8192)] = value;
      readOrRefuse(bytes);
    }),
    { numRuns: 500 },
  );
});

test("any bytes behind the magic are read or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 512 }), (rest) =>
      readOrRefuse(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...rest)),
    ),
    { numRuns: 1000 },
  );
});
