import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PackageEntry } from "../../src/deb/entry.ts";
import type { ExplainedRelation } from "../../src/dependencies/types.ts";
import { changelogEntry, renderChangelog } from "../../src/documents/changelog.ts";
import { renderDocuments } from "../../src/documents/documents.ts";
import { renderSbom } from "../../src/documents/sbom.ts";
import { distribution } from "../helpers/distributions.ts";
import { expectGolden } from "../helpers/golden.ts";
import { scratchFolder } from "../helpers/system-deb.ts";
import { helloPlan } from "../helpers/system-plans.ts";

const plan = helloPlan();
const relations: ExplainedRelation[] = [
  {
    relation: "libpq5 (>= 10~~) | libpq6",
    field: "Depends",
    reasons: [
      { distribution: "psycopg2", object: "opt/hello/x.so", library: "libpq.so.5", detail: "needs it" },
    ],
  },
  { relation: "libjpeg62-turbo", field: "Recommends", reasons: [] },
];
const distributions = [
  distribution("hello", {
    origin: "project",
    sha256: "a".repeat(64),
    metadata: {
      license: "MIT",
      summary: "A greeting.",
      requires: ["psycopg2>=2", "pytest; extra == 'test'"],
    },
  }),
  distribution("psycopg2", {
    origin: "built",
    sha256: "b".repeat(64),
    metadata: { license: "LGPL with exceptions", requires: ["typing-extensions ; python_version < '3.12'"] },
  }),
  distribution("pytest", { metadata: { license: "MIT OR Apache-2.0" } }),
  distribution("typing-extensions"),
];

describe("renderChangelog", () => {
  it("is read by dpkg-parsechangelog", () => {
    const path = join(scratchFolder(), "changelog");
    writeFileSync(path, renderChangelog(plan));
    const output = execFileSync("dpkg-parsechangelog", ["--file", path, "--all"], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    expect(output).toContain("Source: hello\nVersion: 1.2.0-1\nDistribution: bookworm\nUrgency: medium\n");
    expect(output).toContain("Maintainer: Jane Doe <jane@example.org>\nTimestamp: 1700000000\n");
    expect(output).toContain("Date: Tue, 14 Nov 2023 22:13:20 +0000\n");
    expect(output).not.toContain("warning");
  });
});

describe("changelogEntry", () => {
  it.each([
    ["1.2.0-1", "changelog.Debian.gz"],
    ["1.2.0", "changelog.gz"],
    ["1:1.2-3-4", "changelog.Debian.gz"],
  ])("of version %s is %s, as gzip -9n makes it", (version, name) => {
    const one = { ...plan, package: { ...plan.package, version } };
    const entry = changelogEntry(one);
    expect(entry.path).toBe(`usr/share/doc/hello/${name}`);
    const data = bytesOf(entry);
    // Method deflate, no flags, no time, best compression, Unix (RFC 1952, 2.3).
    expect([...data.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
    expect(execFileSync("gzip", ["-dc"], { input: data }).toString()).toBe(renderChangelog(one));
  });
});

describe("renderSbom", () => {
  const text = renderSbom(plan, distributions, relations);

  it("is valid CycloneDX 1.6", () => {
    expect(schemaProblems(text)).toEqual([]);
    expect(schemaProblems(text.replace('"type": "library"', '"type": "potato"'))).not.toEqual([]);
  });

  it("is the golden one, whenever it is made", () => {
    expectGolden("documents/sbom", { "sbom.cdx.json": text });
    expect(renderSbom(plan, distributions, relations)).toBe(text);
  });

  it("takes strange licences and versions", () => {
    const strange = ["MIT AND", "(MIT)", "a\nb", "x".repeat(500), "MIT OR nonsense"].map((license, index) =>
      distribution(`odd-${index}`, { version: "1!2.0+a.b", metadata: { license, summary: "é\u2028☃" } }),
    );
    expect(schemaProblems(renderSbom(plan, strange, []))).toEqual([]);
  });
});

describe("renderDocuments", () => {
  it("makes four files below /usr/share/doc, with the licence texts that can be read", () => {
    const root = scratchFolder();
    const licenses = ["LICENSE", "BINARY"].map((name) => `${distribution("a").distInfo}/${name}`);
    for (const file of licenses) {
      const path = join(root, "opt/hello", file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.endsWith("LICENSE") ? "Copyright 2020 A\nDo what you like." : "\0\u0001");
    }
    const entries = renderDocuments({
      plan,
      environment: {
        root,
        distributions: [distribution("a", { metadata: { licenseFiles: licenses } })],
        skeleton: [],
      },
      relations,
      layers: [
        {
          id: "dist:a",
          mtime: 5,
          entries: [
            { kind: "file", path: "opt/hello/a", source: "/a", size: 7, mode: 0o644 },
            { kind: "symlink", path: "opt/hello/b", target: "a", mode: 0o777 },
          ],
        },
      ],
      architecture: "all",
      tool: { name: "venvdeb", version: "0.1.0" },
    });
    expect(entries.map(({ path, mode }) => [path, mode])).toEqual(
      ["copyright", "changelog.Debian.gz", "sbom.cdx.json", "venvdeb.json"].map((name) => [
        `usr/share/doc/hello/${name}`,
        0o644,
      ]),
    );
    expect(textOf(entries, "copyright")).toContain(
      "\nCopyright: 2020 A\nLicense: unknown\n Copyright 2020 A\n Do what you like.\n",
    );
    expect(JSON.parse(textOf(entries, "venvdeb.json"))).toEqual({
      manifestVersion: 1,
      tool: { name: "venvdeb", version: "0.1.0" },
      package: { name: "hello", version: "1.2.0-1", architecture: "all" },
      target: { distribution: "debian", codename: "bookworm", architecture: "amd64", python: "3.11" },
      environmentPath: "/opt/hello",
      layers: [
        {
          id: "dist:a",
          mtime: 5,
          files: 2,
          installedBytes: 7,
          distribution: { name: "a", version: "1.0", origin: "index" },
        },
      ],
      relations,
    });
  });
});

function bytesOf(entry: PackageEntry | undefined): Uint8Array {
  if (entry?.kind !== "data") throw new Error("no bytes in memory");
  return entry.data;
}

function textOf(entries: readonly PackageEntry[], name: string): string {
  return Buffer.from(bytesOf(entries.find(({ path }) => path.endsWith(`/${name}`)))).toString();
}

/** What Python's jsonschema finds wrong by the schema that the CycloneDX library ships. */
function schemaProblems(text: string): unknown {
  const library = dirname(
    createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json"),
  );
  const names = ["bom-1.6", "spdx", "jsf-0.82", "cryptography-defs"].map(
    (name) => `${name}.SNAPSHOT.schema.json`,
  );
  const schemas = names.map((name): [string, unknown] => [
    `http://cyclonedx.org/schema/${name}`,
    JSON.parse(readFileSync(join(library, "res/schema", name), "utf8")),
  ]);
  const output = execFileSync("/usr/bin/python3", ["-c", VALIDATE], {
    input: JSON.stringify([schemas, JSON.parse(text)]),
    encoding: "utf8",
  });
  return JSON.parse(output);
}

const VALIDATE = `
import json, sys
from jsonschema import Draft7Validator, RefResolver
schemas, value = json.load(sys.stdin)
main = schemas[0][1]
resolver = RefResolver.from_schema(main, store=dict(schemas))
errors = Draft7Validator(main, resolver=resolver).iter_errors(value)
json.dump([error.message[:200] for error in errors], sys.stdout)
`;
