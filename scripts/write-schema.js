// Writes schema/venvdeb.schema.json and the reference in docs/configuration.md from the compiled schema of the settings.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderJsonSchema } from "../dist/config/json-schema.js";
import { insertReference } from "../dist/config/reference.js";

const schema = renderJsonSchema();
mkdirSync(pathOf("schema"), { recursive: true });
writeFileSync(pathOf("schema/venvdeb.schema.json"), `${JSON.stringify(schema, undefined, 2)}\n`);
const page = pathOf("docs/configuration.md");
writeFileSync(page, insertReference(readFileSync(page, "utf8"), schema));

function pathOf(relative) {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}
