import { join } from "node:path";
import { readFile } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import { parseToml, valueOf } from "../toml.ts";
import { invalidSettings } from "./invalid-settings.ts";
import { applyOverrides } from "./overrides.ts";
import { validateSettings } from "./problems.ts";
import { normalizeConfig } from "./schema.ts";
import type { Config } from "./types.ts";

/**
 * Reads a project's settings from `[tool.venvdeb]` of pyproject.toml, or from venvdeb.toml; without any, all is default.
 * `options.target` (`debian:bookworm/amd64`) chooses the overrides; `source` is the file that holds settings.
 * @throws VenvdebError CONFIG_INVALID with every mistake at once, CONFIG_AMBIGUOUS when both files have settings
 */
export async function readConfig(
  directory: string,
  options: { readonly target?: string } = {},
): Promise<{ config: Config; source?: string }> {
  const found = await findSettings(directory);
  if (found === undefined) return { config: normalizeConfig({}) };
  const checked = validateSettings(found.raw);
  if ("problems" in checked) throw invalidSettings(found, checked.problems, PAGE);
  const applied = applyOverrides(checked.settings, options.target);
  if ("problems" in applied) throw invalidSettings(found, applied.problems, PAGE);
  return { config: normalizeConfig(applied.settings), source: found.file };
}

const PAGE = "docs/configuration.md lists every setting";

/** Whether a project has settings, and where; they are not checked. */
export async function findSettings(directory: string): Promise<FoundSettings | undefined> {
  const [pyproject, own] = await Promise.all([
    readToml(join(directory, "pyproject.toml")),
    readToml(join(directory, "venvdeb.toml")),
  ]);
  const table = valueOf(valueOf(pyproject?.value, "tool"), "venvdeb");
  if (table !== undefined && own !== undefined) throw ambiguous(directory);
  if (own !== undefined) return { ...own, raw: own.value, base: [] };
  return pyproject === undefined || table === undefined
    ? undefined
    : { ...pyproject, raw: table, base: ["tool", "venvdeb"] };
}

interface FoundSettings extends TomlFile {
  readonly raw: unknown;
  /** Where in the file the settings are. */
  readonly base: readonly string[];
}

interface TomlFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly value: unknown;
}

async function readToml(file: string): Promise<TomlFile | undefined> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unreadable(file, error);
  });
  return bytes === undefined ? undefined : { file, bytes, value: parseToml(bytes, file, "CONFIG_INVALID") };
}

function ambiguous(directory: string): VenvdebError {
  return new VenvdebError(
    "CONFIG_AMBIGUOUS",
    `Cannot choose the settings of "${directory}": both pyproject.toml and venvdeb.toml have some (one place is wanted)`,
    { exitCode: 2, hint: "move [tool.venvdeb] of pyproject.toml into venvdeb.toml, or remove venvdeb.toml" },
  );
}

function unreadable(file: string, cause: unknown): VenvdebError {
  const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new VenvdebError(
    "CONFIG_UNREADABLE",
    `Cannot read "${file}": ${reason} (a readable file is wanted)`,
    { cause },
  );
}
