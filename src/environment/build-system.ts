import { join } from "node:path";
import { pathExists, readFile } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import { isTable, parseToml } from "../toml.ts";

/** How a source is built (PEP 517, PEP 518). */
export interface BuildSystem {
  /** PEP 508 lines. */
  readonly requires: readonly string[];
  /** `module` or `module:object`. */
  readonly backend: string;
  /** Folders of the source that hold the backend itself. */
  readonly backendPath: readonly string[];
}

/**
 * Reads `[build-system]`; what has none, a `setup.py` alone included, is built by setuptools as PEP 517 says.
 * @throws VenvdebError PROJECT_BAD_TOML, INSTALL_NOT_BUILDABLE
 */
export async function readBuildSystem(directory: string): Promise<BuildSystem> {
  const file = join(directory, "pyproject.toml");
  const text = await readFile(file).catch(() => undefined);
  if (
    text === undefined &&
    !(await pathExists(join(directory, "setup.py"))) &&
    !(await pathExists(join(directory, "setup.cfg")))
  )
    throw new VenvdebError(
      "INSTALL_NOT_BUILDABLE",
      `Cannot build "${directory}": there is no pyproject.toml and no setup.py`,
    );
  const table = text === undefined ? undefined : parseToml(text, file, "PROJECT_BAD_TOML")["build-system"];
  if (!isTable(table)) return LEGACY;
  const requires = strings(table["requires"]);
  const backend = table["build-backend"];
  if (typeof backend !== "string")
    return { ...LEGACY, requires: requires.length > 0 ? requires : LEGACY.requires };
  return { requires, backend, backendPath: strings(table["backend-path"]) };
}

const LEGACY: BuildSystem = {
  requires: ["setuptools>=40.8.0", "wheel"],
  backend: "setuptools.build_meta:__legacy__",
  backendPath: [],
};

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
