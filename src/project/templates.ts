import { resolve } from "node:path";
import type { GenerateConfig } from "../config/types.ts";
import { readFile, realpath } from "../effects/fs.ts";
import { messageOf, VenvdebError } from "../errors.ts";

/**
 * The texts of the templates that `generate` names, by the id of their table, each one checked: every `${KEY}` has a
 * value, and `@FRAGMENTS@` stands on a line of its own if, and only if, there are folders of fragments.
 * @throws VenvdebError PROJECT_TEMPLATE_UNREADABLE, PROJECT_TEMPLATE_INVALID
 */
export async function readTemplates(
  generates: Readonly<Record<string, GenerateConfig>>,
  directory: string,
): Promise<Record<string, string>> {
  const tables = Object.values(generates).flatMap(({ defaults, questions }) => [defaults, questions]);
  const keys = new Set(tables.flatMap((table) => Object.keys(table)));
  const texts: Record<string, string> = {};
  for (const [id, generate] of Object.entries(generates)) {
    const text = await readTemplate(id, generate.template, directory);
    const problem = templateProblem(text, generate, keys);
    if (problem !== undefined) throw invalid(id, generate.template, problem);
    texts[id] = text;
  }
  return texts;
}

async function readTemplate(id: string, path: string, directory: string): Promise<string> {
  try {
    const [root, source] = await Promise.all([realpath(directory), realpath(resolve(directory, path))]);
    if (!source.startsWith(`${root}/`)) throw new Error(`it leads out of the project, to ${source}`);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(source));
  } catch (cause) {
    throw new VenvdebError(
      "PROJECT_TEMPLATE_UNREADABLE",
      `Cannot read the template "${path}": ${messageOf(cause)} (wanted: a file of UTF-8 text in the project)`,
      { hint: `change generate.${id}.template to a path relative to ${directory}`, cause },
    );
  }
}

function templateProblem(
  text: string,
  { from }: GenerateConfig,
  keys: ReadonlySet<string>,
): string | undefined {
  const lines = text.split("\n").filter((line) => line.trim() === "@FRAGMENTS@").length;
  if (from.length > 0 && lines !== 1)
    return `it has ${lines} lines @FRAGMENTS@ (wanted: one, for what is in ${from.join(", ")})`;
  if (from.length === 0 && lines > 0)
    return "it has a line @FRAGMENTS@, and the settings name no folder of fragments";
  const unknown = [...text.matchAll(PLACE)]
    .map(([, key]) => key)
    .find((key) => key !== undefined && !keys.has(key));
  return unknown === undefined
    ? undefined
    : `it has \${${unknown}}, which no default and no question gives a value ($\${${unknown}} stands for the text itself)`;
}

/** As data/python/generate.py reads it. */
const PLACE = /\$\$\{|\$\{([A-Za-z][A-Za-z0-9_]*)(?::(?:json|sh))?\}/g;

function invalid(id: string, path: string, problem: string): VenvdebError {
  return new VenvdebError("PROJECT_TEMPLATE_INVALID", `Cannot use the template "${path}": ${problem}`, {
    hint: `correct it, or defaults, questions and from of [tool.venvdeb.generate.${id}]`,
    exitCode: 2,
  });
}
