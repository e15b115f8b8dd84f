import { expect, test } from "vitest";
import type { ExplainedRelation } from "../../src/dependencies/types.ts";
import { VenvdebError } from "../../src/errors.ts";
import {
  assembleControlFields,
  packageArchitecture,
  packageFileName,
} from "../../src/package/control-fields.ts";
import { explainAllRelations } from "../../src/package/explained-relations.ts";
import { assemblePlan } from "../../src/plan/assemble.ts";
import { EMPTY_CONFIG, planInput } from "../helpers/plan-input.ts";

const plan = assemblePlan(
  planInput({ config: { relations: { ...EMPTY_CONFIG.relations, depends: ["libpq5"] } } }),
);

const LIBRARIES: ExplainedRelation[] = [
  { relation: "libpq5 (>= 10~~)", field: "Depends", reasons: [] },
  { relation: "libjpeg62-turbo (>= 1.3.1)", field: "Recommends", reasons: [] },
];

test("the strictest bound of what was declared and what was found is kept", () => {
  const explained = explainAllRelations(plan, LIBRARIES, { depends: ["adduser"] });
  expect(assembleControlFields(plan, "amd64", explained)).toMatchObject({
    package: "hello",
    architecture: "amd64",
    depends: ["adduser", "libpq5 (>= 10~~)", "python3.11"],
    recommends: ["libjpeg62-turbo (>= 1.3.1)"],
  });
});

test("each relation has a reason, wherever it is from", () => {
  const explained = explainAllRelations(plan, LIBRARIES, { depends: ["adduser"] });
  expect(explained.map(({ relation, reasons }) => [relation, reasons[0]?.detail])).toEqual([
    ["python3.11", "the interpreter that bin/python links to"],
    ["libpq5 (>= 10~~)", undefined],
    ["libjpeg62-turbo (>= 1.3.1)", undefined],
    ["adduser", "its maintainer scripts or jobs need it"],
    ["libpq5", "the settings ask for it"],
  ]);
});

test.each([
  ["auto", [], "all"],
  ["auto", [{ path: "opt/hello/lib/a.so" }], "amd64"],
  ["any", [], "amd64"],
  ["all", [], "all"],
] as const)("architecture %s of a tree with objects %j is %s", (architecture, objects, expected) => {
  const asked = assemblePlan(planInput({ config: { architecture } }));
  expect(packageArchitecture(asked, objects)).toBe(expected);
});

test("all is refused for a tree that holds machine code", () => {
  const asked = assemblePlan(planInput({ config: { architecture: "all" } }));
  expect(() => packageArchitecture(asked, [{ path: "opt/hello/lib/a.so" }])).toThrow(VenvdebError);
});

test("the epoch is not part of the file's name", () => {
  const epoch = assemblePlan(planInput({ project: { version: "1!2.0.1" } }));
  expect(packageFileName(epoch, "all")).toBe("hello_2.0.1-1_all.deb");
});
