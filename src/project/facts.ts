import type { Project } from "./types.ts";

/** What one source (pyproject.toml, setup.cfg, METADATA) says of a project. */
export type ProjectFacts = Pick<
  Project,
  | "name"
  | "version"
  | "summary"
  | "homepage"
  | "maintainer"
  | "license"
  | "requiresPython"
  | "dependencies"
  | "optionalDependencies"
  | "consoleScripts"
  | "dynamic"
>;

/** Of a source that says nothing. */
export const NO_FACTS: ProjectFacts = {
  dependencies: [],
  optionalDependencies: {},
  consoleScripts: [],
  dynamic: [],
};

/** The given fields without those that are undefined or empty. */
export function present<K extends string>(
  fields: Readonly<Record<K, string | undefined>>,
): Partial<Record<K, string>> {
  const result: Partial<Record<K, string>> = {};
  for (const key in fields) {
    const value = fields[key]?.trim();
    if (value !== undefined && value !== "") result[key] = value;
  }
  return result;
}
