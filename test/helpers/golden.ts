import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** Compares files (name to text) with `test/golden/<folder>`; `UPDATE_GOLDEN=1` writes them instead. */
export function expectGolden(folder: string, files: Readonly<Record<string, string>>): void {
  const root = fileURLToPath(new URL(`../golden/${folder}`, import.meta.url));
  if (process.env["UPDATE_GOLDEN"] === "1") rewrite(root, files);
  const known = existsSync(root)
    ? readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    : [];
  expect(known.toSorted(), `the files of test/golden/${folder}`).toEqual(Object.keys(files).toSorted());
  for (const [name, text] of Object.entries(files))
    expect(text, `test/golden/${folder}/${name}`).toBe(readFileSync(join(root, name), "utf8"));
}

function rewrite(root: string, files: Readonly<Record<string, string>>): void {
  rmSync(root, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}
