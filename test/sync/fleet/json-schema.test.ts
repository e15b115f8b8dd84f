import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { insertReference } from "../../../src/config/reference.ts";
import { renderFleetSchema } from "../../../src/sync/fleet/json-schema.ts";
import { pythonJsonschema } from "../../helpers/python-jsonschema.ts";

describe("the JSON Schema of the fleet file", () => {
  const schema = renderFleetSchema();

  it("is up to date in schema/ (npm run build writes it)", async () => {
    expect(JSON.parse(await readFile("schema/fleet.schema.json", "utf8"))).toEqual(
      JSON.parse(JSON.stringify(schema)),
    );
  });

  it("is valid draft 7, takes good files and refuses bad ones, as the program does", async () => {
    const repository = { url: "apt" };
    const source = { git: "https://git.example.com/x.git", branches: { main: "testing" } };
    const good = [
      { repository, source: [source] },
      {
        repository: { url: "s3://b/p", retention: { versions: 3 } },
        defaults: { targets: ["debian:bookworm/amd64"], "newest-tags": 3 },
        source: [{ svn: "https://svn.example.com/x", path: "a/b", tags: { "v*": "{codename}-stable" } }],
      },
    ];
    const bad = [
      { repository },
      { repository, source: [] },
      { repository, source: [{ ...source, gti: "x" }] },
      { repository, source: [{ ...source, git: "--upload-pack=x" }] },
      { repository, source: [{ ...source, git: "https://a:b@c/d" }] },
      { repository, source: [{ ...source, branches: { main: "a b" } }] },
      { repository, defaults: { targets: ["bookworm"] }, source: [source] },
      { repository, defaults: { "newest-tags": 1.5 }, source: [source] },
    ];
    expect(await pythonJsonschema(schema, [...good, ...bad])).toEqual([
      ...good.map(() => true),
      ...bad.map(() => false),
    ]);
  });

  it("has its page, which is up to date (npm run build writes it)", async () => {
    const page = await readFile("docs/fleet.md", "utf8");
    expect(insertReference(page, schema)).toBe(page);
    for (const key of ["repository.url", "defaults.targets", "source.path"])
      expect(page).toContain(`### \`${key}\``);
  });
});
