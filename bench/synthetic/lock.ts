import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a project with a uv.lock of many distributions, each with a dozen wheels: nothing of it is anywhere. */
export function writeLockedProject(directory: string, count: number): void {
  const names = Array.from({ length: count }, (_, index) => `dist-${String(index).padStart(4, "0")}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "pyproject.toml"),
    `[project]\nname = "locked"\nversion = "1.0"\ndescription = "Many locked requirements"\nrequires-python = ">=3.11"\nmaintainers = [{ name = "Bench", email = "bench@example.org" }]\ndependencies = ${JSON.stringify(names.map((name) => `${name}>=1`))}\n`,
  );
  const project = [
    "[[package]]",
    'name = "locked"',
    'version = "1.0"',
    'source = { editable = "." }',
    "dependencies = [",
    ...names.map((name) => `    { name = "${name}" },`),
    "]",
    "",
    "[package.metadata]",
    "requires-dist = [",
    ...names.map((name) => `    { name = "${name}", specifier = ">=1" },`),
    "]",
  ];
  const head = ["version = 1", "revision = 3", 'requires-python = ">=3.11"', ""];
  const lines = [
    ...head,
    ...names.flatMap((name, index) => renderPackage(name, names.slice(index + 1))),
    ...project,
  ];
  writeFileSync(join(directory, "uv.lock"), `${lines.join("\n")}\n`);
}

const WHEELS = 12;

function renderPackage(name: string, later: readonly string[]): string[] {
  const base = `https://files.example.org/${name.replaceAll("-", "_")}-1.2.3`;
  const needs = later.slice(0, later.length % 5);
  return [
    "[[package]]",
    `name = "${name}"`,
    'version = "1.2.3"',
    'source = { registry = "https://index.example.org/simple" }',
    ...(needs.length === 0
      ? []
      : ["dependencies = [", ...needs.map((one) => `    { name = "${one}" },`), "]"]),
    `sdist = ${renderFile(`${base}.tar.gz`)}`,
    "wheels = [",
    `    ${renderFile(`${base}-py3-none-any.whl`)},`,
    ...Array.from({ length: WHEELS - 1 }, (_, index) => {
      const tag = `cp3${9 + (index % 6)}`;
      return `    ${renderFile(`${base}-${tag}-${tag}-manylinux_2_${17 + index}_x86_64.whl`)},`;
    }),
    "]",
    "",
  ];
}

function renderFile(url: string): string {
  const digest = createHash("sha256").update(url).digest("hex");
  return `{ url = "${url}", hash = "sha256:${digest}", size = 12345, upload-time = "2025-01-01T00:00:00Z" }`;
}
