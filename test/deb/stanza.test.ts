import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatStanza, parseStanzas } from "../../src/deb/stanza.ts";
import { thrown } from "../helpers/thrown.ts";

describe("formatStanza", () => {
  test("leaves out empty fields and folds lines", () => {
    expect(
      formatStanza([
        ["Package", "hello"],
        ["Homepage", undefined],
        ["Provides", " "],
        ["Description", "says hello\nmore\n\n  verbatim \nend"],
        ["SHA256", "\nabc 1 f\ndef 2 g"],
      ]),
    ).toBe(
      "Package: hello\nDescription: says hello\n more\n .\n   verbatim\n end\nSHA256:\n abc 1 f\n def 2 g\n",
    );
  });

  test.each<[string, readonly (readonly [string, string])[]]>([
    ["a newline in a field of one line", [["Version", "1.0\nDepends: evil"]]],
    ["a carriage return", [["Description", "a\r\rb"]]],
    ["a NUL", [["Description", "a\0b"]]],
    ["a name with a colon", [["Foo: x\nBar", "1"]]],
    ["a name with a blank", [["Foo Bar", "1"]]],
    ["a comment for a name", [["#Foo", "1"]]],
    ["an empty name", [["", "1"]]],
    [
      "a repeated field",
      [
        ["Package", "a"],
        ["package", "b"],
      ],
    ],
  ])("refuses %s", async (_, fields) => {
    expect(await thrown(() => formatStanza(fields))).toMatchObject({ code: "DEB_BAD_FIELD" });
  });
});

describe("parseStanzas", () => {
  test("reads stanzas, folded lines and names in any case", () => {
    const [first, second, ...rest] = parseStanzas(
      "Package: a\nDescription: b\n more\n .\n  x\n\n\nPACKAGE: c\n",
    );
    expect(rest).toEqual([]);
    expect(first?.get("package")).toBe("a");
    expect(first?.get("DESCRIPTION")).toBe("b\nmore\n.\n x");
    expect(first?.has("Version")).toBe(false);
    expect([...(second?.keys() ?? [])]).toEqual(["PACKAGE"]);
  });

  test.each([
    ["a repeated field", "Package: a\npackage: b\n"],
    ["a line without a colon", "Package\n"],
    ["a continuation of nothing", " x\n"],
    ["a field that is too long", `A: ${"x".repeat(300_000)}\n`],
    ["lines that are too long together", `A: x\n${" yyyyyyyyy\n".repeat(40_000)}`],
    ["too many fields", Array.from({ length: 300 }, (_, index) => `F${index}: x\n`).join("")],
  ])("refuses %s", async (_, text) => {
    expect(await thrown(() => parseStanzas(text))).toMatchObject({ code: "DEB_BAD_STANZA" });
  });

  test("reads back what formatStanza wrote", () => {
    const line = fc.stringMatching(/^[!-~ü][ -~]{0,20}[!-~]$/);
    const value = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [stanza] = parseStanzas(
          formatStanza([
            ["X-A", a],
            ["X-B", b],
          ]),
        );
        expect(stanza?.get("x-a")).toBe(a);
        expect(stanza?.get("x-b")).toBe(b);
      }),
    );
  });
});
