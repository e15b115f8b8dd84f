import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { renderJsonSchema, type JsonSchema } from "../../src/config/json-schema.ts";
import { insertReference } from "../../src/config/reference.ts";
import { pythonJsonschema } from "../helpers/python-jsonschema.ts";

describe("the JSON Schema of the settings", () => {
  const schema = renderJsonSchema();

  it("is up to date in schema/ (npm run build writes it)", async () => {
    expect(JSON.parse(await readFile("schema/venvdeb.schema.json", "utf8"))).toEqual(
      JSON.parse(JSON.stringify(schema)),
    );
  });

  it("describes every key", () => {
    expect(undescribed(schema, "")).toEqual([]);
  });

  it("is valid draft 7, takes good settings and refuses bad ones, as the program does", async () => {
    const good = {
      name: "hello-web",
      depends: ["libpq5 (>= 15)"],
      files: { "/etc/x": "x", "/etc/y": { source: "y", mode: "0640" } },
      service: { web: { command: ["bin/web"], environment: { A: "1" } } },
      target: { "debian:bookworm": { service: { web: { restart: "always" } } } },
    };
    const bad = [
      { nmae: "x" },
      { name: "X" },
      { python: 3.11 },
      { compression: "bzip2" },
      { service: { web: {} } },
      { files: { "/etc/x": { mode: "0640" } } },
      { target: { bookworm: {} } },
    ];
    const verdicts = await pythonJsonschema(schema, [{}, good, ...bad]);
    expect(verdicts).toEqual([true, true, ...bad.map(() => false)]);
  });
});

describe("the page of settings", () => {
  it("is up to date (npm run build writes it)", async () => {
    const page = await readFile("docs/configuration.md", "utf8");
    expect(insertReference(page, renderJsonSchema())).toBe(page);
  });

  it("shows every key, those of tables too", async () => {
    const page = await readFile("docs/configuration.md", "utf8");
    for (const key of [
      "name",
      "shlibs.ignore",
      "service.<unit>.command",
      "files.<path>.mode",
      "user.home",
      "target",
    ]) {
      expect(page).toContain(`### \`${key}\``);
    }
  });
});

/** Paths of the keys without a description. */
function undescribed(schema: JsonSchema, path: string): string[] {
  const children = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    typeof child === "boolean" ? [] : [{ key: `${path}.${key}`, child }],
  );
  const values = typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
  const forms = [...values, ...(schema.anyOf ?? [])].filter((form) => typeof form === "object");
  return [
    ...children.filter(({ child }) => child.description === undefined).map(({ key }) => key),
    ...children.flatMap(({ key, child }) => undescribed(child, key)),
    ...forms.flatMap((form) => undescribed(form, path)),
  ];
}
