import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An application to package: requirements, and one module of its own. */
export interface App {
  readonly name: string;
  readonly says: string;
  readonly requirements: readonly string[];
  /** Debian packages that compile what is published as source only. */
  readonly buildDepends?: readonly string[];
}

export const APPS: readonly App[] = [
  { name: "tiny", says: "Flask and gunicorn", requirements: ["flask>=3.0", "gunicorn>=22.0"] },
  {
    name: "web",
    says: "a Django stack with Celery and native libraries",
    requirements: [
      ..."django>=5.2,<6 djangorestframework django-filter django-cors-headers celery redis gunicorn".split(
        " ",
      ),
      ..."psycopg[binary] lxml pillow cryptography requests whitenoise pyyaml sentry-sdk httpx".split(" "),
    ],
  },
  {
    name: "data",
    says: "the scientific libraries behind FastAPI",
    requirements: "numpy pandas scipy scikit-learn pyarrow fastapi uvicorn".split(" "),
  },
  {
    name: "compiled",
    says: "Flask with psycopg compiled here",
    requirements: ["flask>=3.0", "gunicorn>=22.0", "psycopg[c]>=3.2"],
    buildDepends: ["gcc", "libpq-dev", "python3-dev"],
  },
];

export interface Project {
  readonly directory: string;
  readonly name: string;
  readonly module: string;
  /** With digests. */
  readonly requirementsFile: string;
}

/**
 * Writes the project of an application, or of another one with the same requirements, and locks it once: the pinned
 * requirements stay for the next call.
 */
export function writeProject(app: App, folder: string, name: string, uv: string): Project {
  const module = name.replaceAll("-", "_");
  const directory = join(folder, name);
  const requirementsFile = join(directory, "requirements.txt");
  mkdirSync(join(directory, "src", module), { recursive: true });
  writeFileSync(join(directory, "pyproject.toml"), renderPyproject(app, name));
  writeFileSync(join(directory, "src", module, "__init__.py"), "");
  changeLine({ directory, module }, "first");
  const lock = join(folder, "requirements.txt");
  if (!existsSync(lock)) lockRequirements(app, lock, uv);
  writeFileSync(requirementsFile, readFileSync(lock));
  return { directory, name, module, requirementsFile };
}

/** One line of the project's own code becomes another one. */
export function changeLine({ directory, module }: Pick<Project, "directory" | "module">, text: string): void {
  const lines = Array.from({ length: 200 }, (_, index) => `VALUE_${index} = ${index}`);
  const source = [`ANSWER = ${JSON.stringify(text)}`, ...lines, "", "def main():", "    print(ANSWER)", ""];
  writeFileSync(join(directory, "src", module, "app.py"), source.join("\n"));
}

function renderPyproject(app: App, name: string): string {
  return `[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "${name}"
version = "1.0"
description = "An application of the benchmarks: ${app.says}"
requires-python = ">=3.11"
maintainers = [{ name = "Bench", email = "bench@example.org" }]
dependencies = ${JSON.stringify(app.requirements)}

[project.scripts]
${name} = "${name.replaceAll("-", "_")}.app:main"

[tool.venvdeb]
requirements = ["requirements.txt"]
locked = true
${app.buildDepends === undefined ? "" : `build-depends = ${JSON.stringify(app.buildDepends)}`}
`;
}

function lockRequirements(app: App, target: string, uv: string): void {
  const input = `${target}.in`;
  writeFileSync(input, app.requirements.map((line) => `${line}\n`).join(""));
  const python = ["--python", "/usr/bin/python3"];
  const options = ["--quiet", "--generate-hashes", "--no-header", "--no-annotate", "--output-file", target];
  execFileSync(uv, ["pip", "compile", ...python, ...options, input], { stdio: "inherit" });
}
