import { normalizeName } from "../python/normalize-name.ts";
import { assumeExtras, extrasOf } from "../python/marker-extras.ts";
import { renderRequirement } from "../python/render-requirement.ts";
import { parseRequirement } from "../python/requirement.ts";
import { present, type ProjectFacts } from "./facts.ts";
import { parseMetadata, type CoreMetadata } from "./metadata.ts";
import type { DetectOptions } from "./types.ts";

/** Adds what only the build backend knows. What the project's files say stays as it is. */
export async function completeFacts(
  facts: ProjectFacts,
  directory: string,
  options: DetectOptions,
): Promise<ProjectFacts> {
  if (facts.dynamic.length === 0 || !options.readMetadata) return facts;
  const metadata = parseMetadata(await options.readMetadata(directory, options.interpreter));
  const { name, version, summary, homepage, maintainer, license, requiresPython } = metadata;
  const isDynamic = new Set(facts.dynamic);
  const { dependencies, optionalDependencies } = requirementsOf(metadata);
  return {
    ...present({ name, version, summary, homepage, maintainer, license, requiresPython }),
    ...facts,
    ...(isDynamic.has("dependencies") ? { dependencies } : {}),
    ...(isDynamic.has("optional-dependencies") ? { optionalDependencies } : {}),
  };
}

/** Requires-Dist has the extras in its markers; here each line is without them, under the extras that ask for it. */
function requirementsOf(metadata: CoreMetadata): Pick<ProjectFacts, "dependencies" | "optionalDependencies"> {
  const dependencies: string[] = [];
  const optional = new Map<string, string[]>(metadata.extras.map((extra) => [normalizeName(extra), []]));
  for (const line of metadata.requires) {
    const { marker, ...requirement } = parseRequirement(line);
    const named = marker ? extrasOf(marker) : [];
    const linesFor = (extras: readonly string[]) => {
      const left = marker ? assumeExtras(marker, new Set(extras)) : true;
      if (left === false) return [];
      return [renderRequirement(left === true ? requirement : { ...requirement, marker: left })];
    };
    const plain = linesFor([]);
    dependencies.push(...plain);
    for (const extra of plain.length > 0 ? [] : new Set(named))
      optional.set(extra, [...(optional.get(extra) ?? []), ...linesFor([extra])]);
  }
  return { dependencies, optionalDependencies: Object.fromEntries(optional) };
}
