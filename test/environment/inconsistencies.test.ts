import { expect, test } from "vitest";
import { findInconsistencies } from "../../src/environment/inconsistencies.ts";
import { BOOKWORM_PYTHON } from "../helpers/bookworm-python.ts";

const python = { ...BOOKWORM_PYTHON, full: "3.11.2" };

function installed(name: string, version: string, requires: readonly string[] = [], requiresPython?: string) {
  const metadata = {
    licenseFiles: [],
    requires,
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
  return { name: name.toLowerCase(), displayName: name, version, metadata };
}

test.each([
  ["a missing one", ["Needs"], ["Web 1.0 requires needs, which is not installed"]],
  ["one whose marker is false", ['needs; python_version < "3"'], []],
  ["one of an extra", ['needs; extra == "more"'], []],
  ["a version that fits", ["core>=1,<3"], []],
  ["a version that does not", ["Core (<2)"], ["Web 1.0 requires core<2, and 2.0rc1 is installed"]],
  ["a pre-release that fits", ["core>=2.0a1"], []],
  ["a name in another spelling", ["CORE"], []],
  ["an address", ["core @ https://example.org/core.whl"], []],
  ["a line that is no requirement", [">= what"], []],
  ["a marker without meaning", ['core<1; os_name ~= "posix"'], []],
])("%s", (_, requires, problems) => {
  const distributions = [installed("core", "2.0rc1"), installed("Web", "1.0", requires)];
  expect(findInconsistencies(distributions, python)).toEqual(problems);
});

test("another Python", () => {
  const problems = findInconsistencies(
    [installed("New", "1", [], ">=3.99"), installed("Old", "1", [], "!=3.0.*,>=2.7")],
    python,
  );
  expect(problems).toEqual([`New 1 requires Python >=3.99, and this is ${python.full}`]);
});
