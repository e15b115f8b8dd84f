import { describe, expect, test } from "vitest";
import { wellKnownAdvice } from "../../src/dependencies/well-known.ts";

const advise = (names: readonly string[], depends: readonly string[] = [], codename = "bookworm") =>
  wellKnownAdvice(
    names.map((name) => ({ name, version: "1.0" })),
    depends,
    codename,
  );

test("a library that is opened by name is advised, with the line to add", () => {
  expect(advise(["flask", "python-magic"])).toEqual([
    {
      distribution: "python-magic",
      relations: ["libmagic1"],
      message: "python-magic loads libmagic.so.1, which no dependency of the package brings",
      hint: 'add to [tool.venvdeb]: depends = ["libmagic1"]',
    },
  ]);
});

describe("advice", () => {
  test.each([
    [
      "is for all that is missing",
      ["weasyprint"],
      ["libpango-1.0-0 (>= 1.44)"],
      "bookworm",
      ["libpangoft2-1.0-0", "libharfbuzz-subset0"],
    ],
    ["has the release's names", ["python-magic"], [], "trixie", ["libmagic1t64"]],
    ["is silent on what is declared", ["pdf2image"], ["poppler-utils"], "bookworm", undefined],
    [
      "is silent on what is declared among others",
      ["pytesseract"],
      ["adduser, tesseract-ocr (>= 5) | other"],
      "bookworm",
      undefined,
    ],
    ["takes any Java", ["pyspark"], ["openjdk-17-jre-headless"], "bookworm", undefined],
    [
      "is silent where another distribution brings it",
      ["psycopg", "psycopg-binary"],
      [],
      "bookworm",
      undefined,
    ],
    ["is for the pure distribution", ["psycopg"], [], "bookworm", ["libpq5"]],
    ["knows alternatives", ["wand"], ["libmagickwand-7.q16-10"], "trixie", undefined],
  ])("%s", (_, names, depends, codename, relations) => {
    expect(advise(names, depends, codename)[0]?.relations).toEqual(relations);
  });

  test("depends on what the wheel bundles", () => {
    expect(soundfile()).toEqual([]);
    expect(soundfile(["lib/python3.11/site-packages/_soundfile_data/libsndfile_x86_64.so"])).toEqual([]);
    expect(soundfile(["lib/python3.11/site-packages/soundfile.py"])).toHaveLength(1);
  });
});

test("a name of the language itself is no distribution", () =>
  expect(advise(["constructor", "toString"])).toEqual([]));

function soundfile(files?: readonly string[]) {
  const distribution = { name: "soundfile", version: "0.13", ...(files === undefined ? {} : { files }) };
  return wellKnownAdvice([distribution], [], "bookworm");
}
