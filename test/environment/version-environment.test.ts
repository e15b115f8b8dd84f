import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { versionEnvironment } from "../../src/environment/version-environment.ts";
import { pythonVenv } from "../helpers/python-venv.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const PROJECT = '[project]\nname = "shop"\ndynamic = ["version"]\n';

/** As their own pages show it; each would ask git for the version. */
const BACKENDS = {
  "setuptools-scm": {
    "pyproject.toml": `[build-system]\nrequires = ["setuptools", "setuptools-scm"]\nbuild-backend = "setuptools.build_meta"\n${PROJECT}[tool.setuptools_scm]\n[tool.setuptools]\npy-modules = ["shop"]\n`,
  },
  "hatch-vcs": {
    "pyproject.toml": `[build-system]\nrequires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"\n${PROJECT}[tool.hatch.version]\nsource = "vcs"\n[tool.hatch.build]\nonly-include = ["shop.py"]\n`,
  },
  "pdm-backend": {
    "pyproject.toml": `[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n${PROJECT}[tool.pdm.version]\nsource = "scm"\n`,
  },
  "uv-dynamic-versioning": {
    "pyproject.toml": `[build-system]\nrequires = ["hatchling", "uv-dynamic-versioning"]\nbuild-backend = "hatchling.build"\n${PROJECT}[tool.hatch.version]\nsource = "uv-dynamic-versioning"\n[tool.hatch.build]\nonly-include = ["shop.py"]\n`,
  },
  "poetry-dynamic-versioning": {
    "pyproject.toml": `[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]\nbuild-backend = "poetry_dynamic_versioning.backend"\n[tool.poetry]\nname = "shop"\nversion = "0"\ndescription = ""\nauthors = []\npackages = [{ include = "shop.py" }]\n[tool.poetry-dynamic-versioning]\nenable = true\n`,
  },
  pbr: {
    "pyproject.toml":
      '[build-system]\nrequires = ["setuptools", "pbr"]\nbuild-backend = "setuptools.build_meta"\n',
    "setup.py": "from setuptools import setup\nsetup(pbr=True)\n",
    "setup.cfg": "[metadata]\nname = shop\n[files]\npackages =\npy_modules =\n    shop\n",
  },
} as const;

const VENV = ["setuptools>=80", "wheel", "hatchling", "poetry-core", ...Object.keys(BACKENDS)];

it.each(
  Object.entries(BACKENDS).flatMap(([backend, files]) =>
    ["1.4.2", "1.4.2+git7.g3f2a1c9"].map((version) => ({ backend, files, version })),
  ),
)("$backend takes $version for its version, without any history", { timeout: 180_000 }, async (one) => {
  const folder = await tempFiles({ ...one.files, "shop.py": "x = 1\n" });
  const venv = await pythonVenv(...VENV);
  const build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"];
  await promisify(execFile)(join(venv, "bin/python"), [...build, "--wheel-dir", "out", "."], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, ...versionEnvironment(one.version) },
  });
  const wheels = await readdir(join(folder, "out"));
  expect(wheels.map((name) => name.split("-")[1])).toEqual([one.version]);
});
