import { join, resolve } from "node:path";
import { pathExists } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import { isTable, valueOf } from "../toml.ts";
import { readDependencyGroups } from "./dependency-groups.ts";
import { NO_FACTS, type ProjectFacts } from "./facts.ts";
import type { Place } from "./fields.ts";
import { findLock } from "./find-lock.ts";
import { completeFacts } from "./complete-facts.ts";
import { readPoetryTable } from "./poetry.ts";
import { readProjectTable } from "./pyproject.ts";
import { readSetupCfg } from "./setup-cfg.ts";
import { readProjectText, readToml } from "./toml.ts";
import type { DetectOptions, Project } from "./types.ts";

/**
 * Finds out what kind of project a folder holds and what it says of itself: pyproject.toml with `[project]` (PEP 621)
 * or `[tool.poetry]`, setup.cfg, setup.py, else an application that is only files with requirements or a lock.
 * @throws VenvdebError PROJECT_NOT_FOUND, PROJECT_BAD_TOML, PROJECT_BAD_METADATA, PROJECT_BAD_GROUP, PROJECT_UNREADABLE
 */
export async function detectProject(folder: string, options: DetectOptions): Promise<Project> {
  const directory = resolve(folder);
  const pyproject = await readPyproject(directory);
  const source = (await findSource(directory, pyproject)) ?? (await findApplication(directory, pyproject));
  if (!source) throw notFound(directory);
  const [facts, lock, hasRequirements] = await Promise.all([
    completeFacts(source.facts, directory, options),
    findLock(directory),
    pathExists(join(directory, "requirements.txt")),
  ]);
  return {
    directory,
    kind: source.kind,
    metadataFile: source.metadataFile,
    ...facts,
    dependencyGroups: pyproject ? readDependencyGroups(pyproject) : {},
    ...(lock === undefined ? {} : { lock }),
    ...(hasRequirements ? { requirementsFile: join(directory, "requirements.txt") } : {}),
  };
}

interface Source {
  readonly kind: Project["kind"];
  readonly metadataFile: string;
  readonly facts: ProjectFacts;
}

async function readPyproject(directory: string): Promise<Place | undefined> {
  const file = join(directory, "pyproject.toml");
  return (await pathExists(file)) ? { file, path: "", table: await readToml(file) } : undefined;
}

/** Something that a build backend turns into a wheel. */
async function findSource(directory: string, pyproject: Place | undefined): Promise<Source | undefined> {
  const tool = valueOf(pyproject?.table, "tool");
  const kind = valueOf(valueOf(tool, "uv"), "package") === false ? "none" : "wheel";
  const metadataFile = "pyproject.toml";
  if (pyproject && isTable(valueOf(pyproject.table, "project")))
    return { kind, metadataFile, facts: readProjectTable(pyproject) };
  if (pyproject && typeof valueOf(valueOf(tool, "poetry"), "name") === "string") {
    const isPackage = valueOf(valueOf(tool, "poetry"), "package-mode") !== false;
    return { kind: isPackage ? "wheel" : "none", metadataFile, facts: readPoetryTable(pyproject) };
  }
  const legacy = await findSetuptools(directory);
  if (legacy) return legacy;
  return pyproject && isTable(valueOf(pyproject.table, "build-system"))
    ? { kind: "wheel", metadataFile, facts: ALL_DYNAMIC }
    : undefined;
}

async function findSetuptools(directory: string): Promise<Source | undefined> {
  const [cfg, py] = [join(directory, "setup.cfg"), join(directory, "setup.py")];
  const [hasSetupCfg, hasSetupPy] = await Promise.all([pathExists(cfg), pathExists(py)]);
  const facts = hasSetupCfg ? readSetupCfg(await readProjectText(cfg), cfg, { hasSetupPy }) : undefined;
  if (facts) return { kind: "wheel", metadataFile: "setup.cfg", facts };
  return hasSetupPy ? { kind: "wheel", metadataFile: "setup.py", facts: ALL_DYNAMIC } : undefined;
}

/** Of what only runs (setup.py) or is another tool's table (flit's first one), nothing can be read. */
const ALL_DYNAMIC: ProjectFacts = {
  ...NO_FACTS,
  dynamic: ["name", "version", "description", "dependencies", "optional-dependencies", "requires-python"],
};

/** Files that are run where they are, with requirements. */
async function findApplication(directory: string, pyproject: Place | undefined): Promise<Source | undefined> {
  const names = ["requirements.txt", "pylock.toml", "Pipfile", "Pipfile.lock", "venvdeb.toml"];
  const found = await Promise.all(names.map((name) => pathExists(join(directory, name))));
  const metadataFile = names.find((_, index) => found[index]);
  if (metadataFile !== undefined) return { kind: "none", metadataFile, facts: NO_FACTS };
  const isOurs =
    valueOf(valueOf(pyproject?.table, "tool"), "venvdeb") !== undefined ||
    valueOf(pyproject?.table, "dependency-groups") !== undefined;
  return isOurs ? { kind: "none", metadataFile: "pyproject.toml", facts: NO_FACTS } : undefined;
}

function notFound(directory: string): VenvdebError {
  return new VenvdebError(
    "PROJECT_NOT_FOUND",
    `Cannot find a Python project in "${directory}": it has no pyproject.toml with [project], [tool.poetry] or [build-system], no setup.cfg with [metadata], no setup.py and no requirements.txt (one of them is wanted)`,
    { hint: "give the project's folder: venvdeb build PATH" },
  );
}
