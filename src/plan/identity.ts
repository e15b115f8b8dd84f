import { VenvdebError } from "../errors.ts";
import type { Config } from "../config/types.ts";
import { isDebianVersion } from "../deb/version.ts";
import type { Project } from "../project/types.ts";
import { debianPackageName } from "../python/normalize-name.ts";
import { toDebianUpstream } from "../python/version.ts";
import type { PackageIdentity } from "./types.ts";

/**
 * What the package is called and says of itself. The settings win over the project's metadata; nothing is invented.
 * @throws VenvdebError PLAN_INCOMPLETE with a line to add for each fact that is missing (Policy 5.3)
 */
export function assembleIdentity(config: Config, project: Project, environmentPath: string): PackageIdentity {
  const name = packageName(config, project);
  const version = packageVersion(config, project);
  const maintainer = config.maintainer ?? project.maintainer;
  const text = config.description ?? project.summary;
  if (name === undefined || version === undefined || maintainer === undefined || !hasText(text)) {
    throw incomplete(project, { name, version, maintainer, description: hasText(text) ? text : undefined });
  }
  const homepage = config.homepage ?? project.homepage;
  const { section, priority, architecture } = config;
  return {
    name,
    version,
    architecture,
    section,
    priority,
    maintainer,
    ...(homepage === undefined ? {} : { homepage }),
    ...assembleDescription(
      text,
      config.environment
        ? sayWhatIsShipped(`${project.name ?? name} ${project.version ?? ""}`.trim(), environmentPath)
        : "This package holds files only, and no Python environment.",
    ),
  };
}

/** The Debian name: the setting, else the project's in Debian's spelling; undefined when there is none that fits. */
export function packageName(config: Config, project: Project): string | undefined {
  return config.name ?? (project.name === undefined ? undefined : debianPackageName(project.name));
}

/** PEP 440 versions are converted; a setting that is none is taken as Debian's upstream version. */
function packageVersion(config: Config, project: Project): string | undefined {
  if (config.debianVersion !== undefined) return `${config.debianVersion}-${config.revision}`;
  const version = config.version ?? project.version;
  if (version === undefined) return undefined;
  const { epoch, upstream } = debianUpstream(version, config.version !== undefined);
  return `${epoch === undefined ? "" : `${epoch}:`}${upstream}-${config.revision}`;
}

function debianUpstream(version: string, fromSettings: boolean): { epoch?: string; upstream: string } {
  try {
    return toDebianUpstream(version);
  } catch (error) {
    if (fromSettings && isDebianVersion(`${version}-1`)) return { upstream: version };
    throw error;
  }
}

/** Policy 3.4: the synopsis is one phrase without a leading article or full stop; the rest says more. */
function assembleDescription(text: string, shipped: string) {
  const [first = "", ...rest] = text.trim().split("\n");
  const phrase = first
    .trim()
    .replace(/^(an?|the)\s+/i, "")
    .replace(/\.+$/, "");
  const synopsis = phrase.length <= 80 ? phrase : `${phrase.slice(0, 79).replace(/\s+\S*$/, "")}…`;
  const said = rest.join("\n").trim();
  const paragraphs = [synopsis === phrase ? "" : first.trim(), said, shipped];
  return { synopsis, description: paragraphs.filter((paragraph) => paragraph !== "").join("\n\n") };
}

function sayWhatIsShipped(what: string, environmentPath: string): string {
  return `This package holds ${what} with everything that it requires from the Python package index, in a virtual environment at ${environmentPath}.`;
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

/** In the order in which a control file has them. */
const EXAMPLES = [
  ["name", 'name = "my-service"'],
  ["version", 'version = "1.0.0"'],
  ["maintainer", 'maintainer = "Jane Doe <jane@example.org>"'],
  ["description", 'description = "what it does, in one line"'],
] as const;

type NeededFact = (typeof EXAMPLES)[number][0];

function incomplete(project: Project, facts: Record<NeededFact, string | undefined>): VenvdebError {
  const missing = EXAMPLES.filter(([key]) => facts[key] === undefined);
  const isPyproject = project.metadataFile === "pyproject.toml";
  const place = isPyproject ? "pyproject.toml:\n[tool.venvdeb]" : "venvdeb.toml:";
  const names = missing.map(([key]) => key).join(", ");
  return new VenvdebError(
    "PLAN_INCOMPLETE",
    `Cannot plan a package of "${project.directory}": neither the settings nor ${project.metadataFile} give ${names} (Debian needs ${missing.length === 1 ? "it" : "them"})`,
    { hint: `add to ${place}\n${missing.map(([, line]) => line).join("\n")}`, exitCode: 2 },
  );
}
