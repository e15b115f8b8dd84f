import { readFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = join(import.meta.dirname, "../../docs/how-to/repository.md");

/**
 * The configuration that the how-to gives for a server, with other values in the place of its examples.
 * @param title the line before it: `nginx`
 */
export function hostingSnippet(title: string, values: Readonly<Record<string, string>>): string {
  const [, after = ""] = readFileSync(PAGE, "utf8").split(`\n${title}:\n\n`);
  const [snippet = ""] = after.split(/\n(?=\S)/);
  let text = snippet.replaceAll(/^ {4}/gm, "");
  for (const [example, value] of Object.entries(values)) {
    if (!text.includes(example)) throw new Error(`the snippet for ${title} has no "${example}":\n${text}`);
    text = text.replaceAll(example, value);
  }
  return text;
}
