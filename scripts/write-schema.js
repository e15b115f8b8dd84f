// Writes schema/*.schema.json and the references in docs/configuration.md and docs/fleet.md from the compiled schemas.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderJsonSchema } from "../dist/config/json-schema.js";
import { insertReference } from "../dist/config/reference.js";
import { renderFleetSchema } from "../dist/sync/fleet/json-schema.js";

mkdirSync(pathOf("schema"), { recursive: true });
write(renderJsonSchema(), "schema/venvdeb.schema.json", "docs/configuration.md");
write(renderFleetSchema(), "schema/fleet.schema.json", "docs/fleet.md");

function write(schema, file, page) {
  writeFileSync(pathOf(file), `${JSON.stringify(schema, undefined, 2)}\n`);
  writeFileSync(pathOf(page), insertReference(readFileSync(pathOf(page), "utf8"), schema));
}

function pathOf(relative) {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}
