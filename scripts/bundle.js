// Joins the program and the libraries that every command loads into few files, dist/bundle: of several hundred modules
// Node would look for each, which takes longer than most commands. Names and lines stay readable.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TARGET = join(ROOT, "dist/bundle");

/** What few commands load, what by its licence stays a library of its own, and what looks for files beside itself. */
const APART = ["@aws-sdk/client-s3", "@cyclonedx/cyclonedx-library", "bullmq", "ioredis", "openpgp"];

const bundle = await rolldown({
  cwd: ROOT,
  input: { cli: "dist/cli.js", index: "dist/index.js" },
  platform: "node",
  external: APART,
  checks: { ineffectiveDynamicImport: false },
});
rmSync(TARGET, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: TARGET,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
  comments: { annotation: true, jsdoc: false, legal: true },
});
await bundle.close();

const modules = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
writeFileSync(join(TARGET, "LICENSES.txt"), [...folders].toSorted().map(notice).join("\n"));

/** The folder of the package that a module is from; nothing for the program's own. */
function packageFolder(id) {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id) ?? [];
  return folder;
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = ["LICENSE", "license", "LICENSE.md", "LICENSE.txt", "LICENSE-MIT.txt", "LICENCE"]
    .map((one) => join(folder, one))
    .find((path) => existsSync(path));
  const text = file === undefined ? `${license}, as its package.json says\n` : readFileSync(file, "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
