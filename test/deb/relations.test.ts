import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatRelation, mergeRelations, parseRelation } from "../../src/deb/relations.ts";
import { thrown } from "../helpers/thrown.ts";

describe("parseRelation", () => {
  test("takes alternatives, qualifiers and bounds apart", () => {
    expect(parseRelation("libssl3t64 (>= 3.0) | libssl3:any|python3:native (<< 2:1-1~)")).toEqual([
      { name: "libssl3t64", version: { operator: ">=", version: "3.0" } },
      { name: "libssl3", qualifier: "any" },
      { name: "python3", qualifier: "native", version: { operator: "<<", version: "2:1-1~" } },
    ]);
  });

  test.each([
    "",
    "a |",
    "Foo",
    "x",
    "foo (> 1)",
    "foo (1)",
    "foo (>= 1",
    "foo (>= v1)",
    "foo >= 1",
    "foo [amd64]",
    "foo <!nocheck>",
    "foo\nDepends: bar",
    "foo, bar",
    "foo:",
    "foo (>= 1) (<< 2)",
  ])("refuses %j", async (text) => {
    const error = await thrown(() => parseRelation(text));
    expect(error).toMatchObject({ code: "DEPENDS_BAD_RELATION" });
    expect(error.message).toContain("wanted:");
  });

  test("formatting gives the usual spelling, which reads back as itself", () => {
    expect(formatRelation(parseRelation(" foo(>=1)|  bar:any "))).toBe("foo (>= 1) | bar:any");
  });
});

describe("mergeRelations", () => {
  test.each<[string, string[], string[]]>([
    ["drops duplicates", ["foo", "foo ", "bar"], ["bar", "foo"]],
    ["keeps the strictest lower bound", ["foo (>= 1.9)", "foo (>= 1.10)", "foo"], ["foo (>= 1.10)"]],
    ["splits at commas", ["foo (>= 1), bar", ""], ["bar", "foo (>= 1)"]],
    ["keeps a lower and an upper bound", ["foo (>= 1)", "foo (<< 2)"], ["foo (<< 2)", "foo (>= 1)"]],
    ["an exact version implies its bounds", ["foo (= 2)", "foo (>= 1)", "foo (<< 3)"], ["foo (= 2)"]],
    ["an alternative is implied by one of its own", ["foo (>= 2) | bar", "foo (>= 3)"], ["foo (>= 3)"]],
    ["other qualifiers are other packages", ["foo:any (>= 1)", "foo"], ["foo", "foo:any (>= 1)"]],
    ["the first of two spellings stays", ["bb | aa", "aa | bb"], ["aa | bb"]],
    ["an exclusive bound is stricter", ["foo (>= 2)", "foo (>> 2)"], ["foo (>> 2)"]],
    ["equal versions count once", ["foo (>= 1.0)", "foo (>= 1.00)"], ["foo (>= 1.0)"]],
  ])("%s", (_, given, merged) => {
    expect(mergeRelations(given)).toEqual(merged);
  });

  test("the order of the input leaves no trace, and merging again changes nothing", () => {
    const name = fc.constantFrom("aa", "bb", "libc6");
    const bound = fc.constantFrom("", " (>= 1)", " (>= 1.2)", " (<< 3)", " (= 2)", " (>> 1)");
    const alternative = fc.tuple(name, bound).map((parts) => parts.join(""));
    const relation = fc.array(alternative, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(" | "));
    fc.assert(
      fc.property(fc.array(relation, { maxLength: 8 }), (relations) => {
        const merged = mergeRelations(relations);
        expect(mergeRelations(relations.toReversed())).toEqual(merged);
        expect(mergeRelations(merged)).toEqual(merged);
      }),
    );
  });
});
