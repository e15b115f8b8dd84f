import { describe, expect, test } from "vitest";
import { renderControl } from "../../src/deb/control.ts";
import { CONTROL } from "../helpers/deb-contents.ts";
import { thrown } from "../helpers/thrown.ts";

describe("renderControl", () => {
  test("writes the fields in dpkg-gencontrol's order", () => {
    const text = renderControl({
      ...CONTROL,
      installedSize: 12,
      homepage: "https://example.org",
      preDepends: ["dpkg (>= 1.17)"],
      depends: ["libc6(>=2.36)", "python3.11"],
      breaks: ["old-hello (<< 1)"],
      extra: { "Python-Version": "3.11" },
    });
    expect(text.split("\n").map((line) => line.split(":")[0])).toEqual([
      "Package",
      "Version",
      "Architecture",
      "Maintainer",
      "Installed-Size",
      "Pre-Depends",
      "Depends",
      "Breaks",
      "Section",
      "Priority",
      "Homepage",
      "Python-Version",
      "Description",
      "",
    ]);
    expect(text).toContain("\nDepends: libc6 (>= 2.36), python3.11\n");
  });

  test("formats the description: wrapped paragraphs, verbatim lines, no line that reads as markup", () => {
    const description = `${"word ".repeat(20)}\n\n  kept   as is\nthen text\n\n.hidden\n\n\n`;
    const text = renderControl({ ...CONTROL, description });
    expect(text.slice(text.indexOf("Description"))).toBe(
      [
        "Description: greets the world",
        ` ${"word ".repeat(16).trimEnd()}`,
        ` ${"word ".repeat(4).trimEnd()}`,
        " .",
        "   kept   as is",
        " then text",
        " .",
        "  .hidden",
        "",
      ].join("\n"),
    );
  });

  test.each([
    { package: "Hello" },
    { package: "h" },
    { package: "hello\nX: y" },
    { version: "v1" },
    { version: "1.0\n" },
    { architecture: "amd64 i386" },
    { maintainer: "Jane" },
    { maintainer: "Jane <jane@example.org>\nX: y" },
    { section: "" },
    { priority: "high" },
    { synopsis: "two\nlines" },
    { synopsis: "" },
    { homepage: "https://example.org\nDepends: evil" },
  ])("refuses %j", async (wrong) => {
    expect(await thrown(() => renderControl({ ...CONTROL, ...wrong }))).toMatchObject({
      code: "DEB_BAD_FIELD",
    });
  });

  test("refuses a relation that is none", async () => {
    expect(await thrown(() => renderControl({ ...CONTROL, depends: ["a b"] }))).toMatchObject({
      code: "DEPENDS_BAD_RELATION",
    });
  });
});
