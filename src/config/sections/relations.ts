import { z } from "zod";
import { parseRelation, type Relation } from "../../deb/relations.ts";
import { VenvdebError } from "../../errors.ts";
import { normalizeName } from "../../python/normalize-name.ts";
import { checkedText, list, text } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { RelationsConfig } from "../types.ts";

/** What the package needs, besides what its objects turn out to need (Policy 7). */
export const relations = defineSection({
  shape: {
    depends: field("Needed to run. What the environment's libraries need is found out and added.", [
      "ffmpeg",
    ]),
    "pre-depends": field("Needed before the package is even unpacked (Policy 7.2).", [
      "init-system-helpers (>= 1.54)",
    ]),
    recommends: field("Installed with it unless someone says otherwise.", ["postgresql-client"]),
    suggests: field("Named as useful, not installed.", ["postgresql"]),
    conflicts: field("Must not be installed at the same time.", ["hello-old"], singleProblem),
    breaks: field("Versions of others that stop working with it.", ["hello-plugin (<< 2.0)"], singleProblem),
    replaces: field(
      "Packages whose files it may take over (Policy 7.6).",
      ["hello-old (<< 2.0)"],
      singleProblem,
    ),
    provides: field("Virtual packages that it stands for.", ["httpd"], providesProblem),
    "build-depends": list(text(/^[a-z0-9][a-z0-9+.-]+$/, "the name of a Debian package"))
      .meta({
        description:
          "Debian packages that must be installed where it is built, for wheels that are compiled.",
        examples: [["libpq-dev"]],
      })
      .exactOptional(),
    shlibs: z
      .strictObject({
        ignore: list(text(/^[A-Za-z0-9._+*-]+$/, 'the soname of a library, "*" stands for anything'))
          .meta({ description: "Libraries that may stay unresolved.", examples: [["libcuda.so.*"]] })
          .exactOptional(),
        recommends: list(
          text(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, "the name of a Python distribution"),
        )
          .meta({
            description: "Distributions whose libraries are recommended instead of needed.",
            examples: [["pillow"]],
          })
          .exactOptional(),
      })
      .meta({ description: "How shared libraries outside the environment become relations." })
      .exactOptional(),
  },
  normalize: (raw): RelationsConfig => ({
    relations: {
      depends: raw.depends ?? [],
      preDepends: raw["pre-depends"] ?? [],
      recommends: raw.recommends ?? [],
      suggests: raw.suggests ?? [],
      conflicts: raw.conflicts ?? [],
      breaks: raw.breaks ?? [],
      replaces: raw.replaces ?? [],
      provides: raw.provides ?? [],
    },
    buildDepends: raw["build-depends"] ?? [],
    shlibs: {
      ignore: raw.shlibs?.ignore ?? [],
      recommends: (raw.shlibs?.recommends ?? []).map(normalizeName),
    },
  }),
});

function field(description: string, example: string[], problem?: (relation: Relation) => string | undefined) {
  const item = checkedText((value) => relationProblem(value, problem));
  return list(item)
    .meta({ description, examples: [example] })
    .exactOptional();
}

function relationProblem(
  value: string,
  problem?: (relation: Relation) => string | undefined,
): string | undefined {
  try {
    const relation = parseRelation(value);
    return problem?.(relation);
  } catch (error) {
    if (error instanceof VenvdebError) return '"name", "name (>= 1.2)" or "name (>= 1.2) | other"';
    throw error;
  }
}

/** Policy 7.1: alternatives are for Depends, Pre-Depends, Recommends and Suggests. */
function singleProblem(relation: Relation): string | undefined {
  return relation.length > 1 ? 'one package, without "|"' : undefined;
}

/** Policy 7.5: a versioned Provides is exact. */
function providesProblem(relation: Relation): string | undefined {
  const inexact = relation.some(({ version }) => version !== undefined && version.operator !== "=");
  return inexact ? '"name" or "name (= 1.2)"' : singleProblem(relation);
}
