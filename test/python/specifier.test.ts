import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseSpecifier, satisfies } from "../../src/python/specifier.ts";
import { pep440Versions } from "../helpers/pep440-arbitrary.ts";
import { askPython, pythonVenv } from "../helpers/python-venv.ts";

it("has the members that Python's packaging says", async () => {
  const operators = fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "~=", "===");
  const clause = fc
    .tuple(operators, pep440Versions(), fc.constantFrom("", "", ".*"))
    .map((parts) => parts.join(""));
  const questions = fc.sample(fc.tuple(pep440Versions(), clause), { numRuns: 8000, seed: 440 });
  const venv = await pythonVenv("packaging");
  const expected = await askPython<readonly (boolean | null)[]>(
    join(venv, "bin/python"),
    askPackaging,
    questions,
  );
  const wrong = questions.flatMap(([version, text], index) => {
    const actual = parseSpecifier(text) === undefined ? null : satisfies(version, text);
    return actual === expected[index] ? [] : [[version, text, expected[index]]];
  });
  expect(expected.filter((answer) => answer !== null).length).toBeGreaterThan(1000);
  expect(wrong).toEqual([]);
});

const askPackaging = `
import json, sys
from packaging.specifiers import Specifier, InvalidSpecifier
def ask(version, text):
    try:
        return Specifier(text).contains(version, prereleases=True)
    except InvalidSpecifier:
        return None
print(json.dumps([ask(*question) for question in json.load(sys.stdin)]))
`;
