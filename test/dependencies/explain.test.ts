import { expect, test } from "vitest";
import { explainRelations, selectRelations } from "../../src/dependencies/explain.ts";

const relations = [
  {
    relation: "libpq5 (>= 10~~)",
    field: "Depends",
    reasons: [
      {
        distribution: "psycopg2",
        object: "opt/app/_psycopg.so",
        library: "libpq.so.5",
        detail: "takes PQexec from it",
      },
      { distribution: "other", library: "libpq.so.5", detail: "and 3 more objects" },
      { detail: "embeds it" },
    ],
  },
  {
    relation: "libblas3 | libblas.so.3",
    field: "Recommends",
    reasons: [{ distribution: "scipy", detail: "loads it" }],
  },
] as const;

test.each(["libpq5", "libpq5:amd64"])("the reasons for %s, by distribution", (name) => {
  expect(explainRelations(selectRelations(relations, name))).toEqual([
    "Depends: libpq5 (>= 10~~)",
    "  psycopg2",
    "    opt/app/_psycopg.so -> libpq.so.5: takes PQexec from it",
    "  other",
    "    libpq.so.5: and 3 more objects",
    "  the package",
    "    embeds it",
  ]);
});

test.each(["libblas3", "libblas.so.3"])("%s is one of the alternatives", (name) => {
  expect(explainRelations(selectRelations(relations, name))).toEqual([
    "Recommends: libblas3 | libblas.so.3",
    "  scipy",
    "    loads it",
  ]);
});

test("what the package does not depend on has no reasons", () =>
  expect(selectRelations(relations, "libpq")).toEqual([]));
