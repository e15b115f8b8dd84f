import type { JsonSchema } from "./json-schema.ts";

/** Puts the reference, every setting with its meaning, form, default and an example, into its place of a page. */
export function insertReference(page: string, schema: JsonSchema): string {
  const [before, rest = ""] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error("the page has no place for the reference");
  const reference = objectRows(schema, "").flatMap(renderEntry).join("\n");
  return `${before}${BEGIN}\n\n${reference}\n${END}${after}`;
}

const BEGIN = "<!-- The rest is written by scripts/write-schema.js -->";
const END = "<!-- End of what is written -->";

interface Entry {
  readonly key: string;
  readonly schema: JsonSchema;
}

/** Tables are followed inwards; what the user names is shown as `<name>`. Overrides for targets repeat everything. */
function objectRows(schema: JsonSchema, prefix: string): Entry[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    if (typeof child === "boolean") return [];
    const key = `${prefix}${name}`;
    return [{ key, schema: child }].concat(key === "target" ? [] : innerRows(key, child));
  });
}

function innerRows(key: string, schema: JsonSchema): Entry[] {
  if (schema.properties !== undefined) return objectRows(schema, `${key}.`);
  const { items, examples } = schema;
  // An example of the whole list shows its tables better.
  if (
    examples === undefined &&
    typeof items === "object" &&
    !Array.isArray(items) &&
    items.properties !== undefined
  )
    return objectRows(items, `${key}.`);
  const values = schema.additionalProperties;
  return typeof values === "object" ? variants(values, `${key}.${NAMES.get(key) ?? "<name>"}`) : [];
}

const NAMES = new Map([
  ["links", "<path>"],
  ["files", "<path>"],
  ["service", "<unit>"],
  ["generate", "<id>"],
  ["generate.<id>.questions", "<KEY>"],
  ["cron", "<job>"],
  ["logrotate", "<id>"],
]);

function variants(schema: JsonSchema, prefix: string): Entry[] {
  const forms = [schema, ...(schema.anyOf ?? [])].filter((form) => typeof form === "object");
  return forms.flatMap((form) => (form.properties === undefined ? [] : objectRows(form, `${prefix}.`)));
}

function renderEntry({ key, schema }: Entry): string[] {
  const example = schema.examples?.[0];
  return [
    `### \`${key}\``,
    "",
    [(schema.description ?? "").replaceAll("<", "&lt;"), formOf(schema), defaultOf(schema)]
      .filter((part) => part !== "")
      .join(" "),
    "",
    ...(example === undefined ? [] : ["```toml", exampleOf(key, example), "```", ""]),
  ];
}

function formOf(schema: JsonSchema): string {
  if (schema.enum !== undefined && schema.enum.length <= 8)
    return `One of ${schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ")}.`;
  if (schema.anyOf !== undefined)
    return `${capital(schema.anyOf.map((form) => typeName(form)).join(" or "))}.`;
  return `${capital(typeName(schema))}.`;
}

function typeName(schema: JsonSchema | boolean): string {
  if (typeof schema === "boolean") return "anything";
  return (
    {
      string: "text",
      integer: "a whole number",
      boolean: "true or false",
      array: isTables(schema) ? "a list of tables" : "a list of texts",
      object: "a table",
    }[String(schema.type)] ?? "a value"
  );
}

function isTables({ items }: JsonSchema): boolean {
  return typeof items === "object" && !Array.isArray(items) && items.type === "object";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function defaultOf(schema: JsonSchema): string {
  return schema.default === undefined ? "" : `Default: \`${toml(schema.default)}\`.`;
}

function exampleOf(key: string, example: unknown): string {
  const names = key
    .replaceAll("<unit>", "hello-web")
    .replaceAll("<job>", "clean-up")
    .replaceAll("<path>", '"/etc/hello.toml"')
    .replaceAll("<id>", "main")
    .replaceAll("<KEY>", "PORT");
  // An array of tables has no dotted keys.
  if (names.startsWith("source.")) return `[[source]]\n${names.slice("source.".length)} = ${toml(example)}`;
  return `${names} = ${toml(example)}`;
}

/** A value as TOML writes it, tables inline. */
function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)} = ${toml(item)}`,
  );
  return `{ ${pairs.join(", ")} }`;
}
