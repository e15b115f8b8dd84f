import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseEntryPoints } from "../../src/project/entry-points.ts";
import { homepageOf } from "../../src/project/homepage.ts";
import { parseMetadata } from "../../src/project/metadata.ts";
import { maintainerOf, parsePeople } from "../../src/project/people.ts";
import { askPython, pythonVenv } from "../helpers/python-venv.ts";

describe("parseMetadata", () => {
  it("reads what a package is made of", () => {
    const text = [
      "Metadata-Version: 2.4",
      "Name: Hello_Web",
      "Version: 1.2.0",
      "Summary: Says hello",
      "License-Expression: MIT OR Apache-2.0",
      "License: the long text",
      "License-File: LICENSE",
      "License-File: licenses/NOTICE",
      "Author: Team",
      "Author-email: Jane Doe <jane@example.org>, Bob <bob@example.org>",
      'Maintainer-email: "Roe, Richard" <richard@example.org>',
      "Project-URL: Source, https://example.org/source",
      "Project-URL: Home-page, https://example.org/hello",
      "Requires-Python: >=3.9",
      "Requires-Dist: flask>=2",
      'Requires-Dist: gunicorn; extra == "web"',
      "Provides-Extra: web",
      "Classifier: Programming Language :: Python :: 3",
      "",
      "Name: not a header but the description",
    ].join("\r\n");
    expect(parseMetadata(text)).toEqual({
      name: "Hello_Web",
      version: "1.2.0",
      summary: "Says hello",
      license: "MIT OR Apache-2.0",
      licenseFiles: ["LICENSE", "licenses/NOTICE"],
      homepage: "https://example.org/hello",
      author: "Team",
      maintainer: "Roe, Richard <richard@example.org>",
      requiresPython: ">=3.9",
      requires: ["flask>=2", 'gunicorn; extra == "web"'],
      extras: ["web"],
      classifiers: ["Programming Language :: Python :: 3"],
    });
  });

  it("puts name and address of two headers together, and passes UNKNOWN over", () => {
    const metadata = parseMetadata(
      "Name: a\nLicense: UNKNOWN\nHome-page: https://example.org\nAuthor: Jane Doe\nAuthor-email: jane@example.org\n",
    );
    expect(metadata.maintainer).toBe("Jane Doe <jane@example.org>");
    expect(metadata.homepage).toBe("https://example.org");
    expect(metadata.license).toBeUndefined();
  });

  it("takes the classifiers for the license when the field holds the whole text", () => {
    const metadata = parseMetadata(
      "License: Copyright (c) Jane\n        \n        Permission is granted\nClassifier: License :: OSI Approved :: MIT License\n",
    );
    expect(metadata.license).toBe("MIT License");
  });

  it.each(["", "\n\n", ": x", "Name", "\u0000", "Name:\n Version: 1\n"])("survives %j", (text) => {
    expect(parseMetadata(text).version).toBeUndefined();
  });

  it("reads real files as Python's importlib.metadata does", async () => {
    const venv = await pythonVenv("setuptools", "wheel", "poetry-core");
    const site = join(venv, "lib/python3.11/site-packages");
    const files = readdirSync(site).filter((name) => name.endsWith(".dist-info"));
    const ours = files.map((name) => {
      const {
        name: display,
        version,
        summary,
        requires,
        extras,
      } = parseMetadata(readFileSync(join(site, name, "METADATA"), "utf8"));
      return { name: display, version, summary, requires, extras };
    });
    expect(ours).toEqual(await askPython(join(venv, "bin/python"), readWithImportlib, files));
  });
});

const readWithImportlib = `
import importlib.metadata, json, pathlib, sys, sysconfig
site = pathlib.Path(sysconfig.get_path("purelib"))
def read(name):
    found = importlib.metadata.PathDistribution(site / name).metadata
    lists = {"requires": found.get_all("Requires-Dist") or [], "extras": found.get_all("Provides-Extra") or []}
    return {"name": found["Name"], "version": found["Version"], "summary": found["Summary"], **lists}
print(json.dumps([read(name) for name in json.load(sys.stdin)]))
`;

describe("parseEntryPoints", () => {
  it("reads groups and names, whose case counts", () => {
    expect(
      parseEntryPoints(
        "[console_scripts]\nHello = hello:main\n# no\nadmin=hello.admin:main [web]\n\n[a.b]\nx = y\n",
      ),
    ).toEqual({
      console_scripts: { Hello: "hello:main", admin: "hello.admin:main [web]" },
      "a.b": { x: "y" },
    });
  });
});

describe("homepageOf", () => {
  it.each([
    [[["Home-Page", "https://a.example"]], "https://a.example"],
    [[["Source Code", "https://b.example"]], "https://b.example"],
    [
      [
        ["repository", "https://b.example"],
        ["HOMEPAGE", "https://a.example"],
      ],
      "https://a.example",
    ],
    [[["Homepage", "javascript:alert(1)"]], undefined],
    [[["Homepage", "https://a.example\nDepends: evil"]], undefined],
    [[["Changelog", "https://c.example"]], undefined],
  ] as [[string, string][], string | undefined][])("of %j is %j", (urls, expected) => {
    expect(homepageOf(urls)).toBe(expected);
  });
});

describe("people", () => {
  it.each([
    ["Jane Doe <jane@example.org>", "Jane Doe <jane@example.org>"],
    ["Nobody, plain@example.org, Jane <jane@example.org>", "Jane <jane@example.org>"],
    ['"Doe, \\"JD\\" Jane" <jane@example.org>', 'Doe, "JD" Jane <jane@example.org>'],
    ["Jane\n Doe <jane@example.org>", "Jane Doe <jane@example.org>"],
    ["Jane <not an address>", undefined],
    ["", undefined],
  ])("of %j give %j", (text, expected) => expect(maintainerOf(parsePeople(text))).toBe(expected));
});
