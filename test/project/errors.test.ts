import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detectProject } from "../../src/project/detect.ts";
import { resolveLock } from "../../src/project/locks/resolve.ts";
import { parseRequirementsTxt } from "../../src/project/requirements-txt.ts";
import { BOOKWORM_PYTHON } from "../helpers/bookworm-python.ts";
import { fixtureProject } from "../helpers/fixture-project.ts";
import { thrown } from "../helpers/thrown.ts";

const interpreter = "/usr/bin/python3.11";

describe("a project that cannot be read", () => {
  it.each([
    ["no-project", "PROJECT_NOT_FOUND", "no pyproject.toml with [project]"],
    ["not-there-at-all", "PROJECT_NOT_FOUND", "one of them is wanted"],
    ["bad-toml", "PROJECT_BAD_TOML", "pyproject.toml:3:14"],
    ["bad-metadata", "PROJECT_BAD_METADATA", 'project.dependencies is the text "flask" (a list is wanted)'],
    ["option-as-requirement", "PROJECT_BAD_METADATA", "it does not start with a name"],
    ["bad-group", "PROJECT_BAD_GROUP", 'it includes "a", which includes it'],
    ["not-utf8", "PROJECT_UNREADABLE", "it is not UTF-8"],
  ])("%s: %s", async (name, code, text) => {
    const error = await thrown(() => detectProject(fixtureProject(name), { interpreter }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});

describe("requirements that cannot be used", () => {
  it.each([
    ["bad-requirements", "PROJECT_BAD_REQUIREMENTS", 'requirements.txt:2": the option --indx-url is unknown'],
    ["requirements-loop", "PROJECT_BAD_REQUIREMENTS", 'more.txt:2": it includes itself in the end'],
    ["editable-requirement", "PROJECT_EDITABLE", "a folder that the target machine does not have"],
  ])("%s: %s", async (name, code, text) => {
    const error = await thrown(() => parseRequirementsTxt(join(fixtureProject(name), "requirements.txt")));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});

describe("a lock that cannot be used", () => {
  it.each([
    ["lock-damaged", "LOCK_BAD", "write it anew"],
    ["lock-from-the-future", "LOCK_UNKNOWN_VERSION", "uv export"],
    ["lock-for-another-python", "LOCK_WRONG_TARGET", "requires-python"],
    ["lock-stale", "LOCK_STALE", "uv lock"],
    ["lock-without-the-extra", "LOCK_UNKNOWN_EXTRA", "extras"],
    ["lock-without-the-group", "LOCK_UNKNOWN_GROUP", "groups"],
    ["lock-ambiguous", "LOCK_AMBIGUOUS", "lock again"],
    ["lock-of-another-tool", "LOCK_NOT_READABLE", "pipenv requirements --hash > requirements.txt"],
    ["requirements-not-pinned", "LOCK_NOT_PINNED", "--generate-hashes"],
    ["no-lock", "LOCK_MISSING", "uv lock"],
  ])("%s: %s, and the hint says %j", async (name, code, hint) => {
    const project = await detectProject(fixtureProject(name), { interpreter });
    const error = await thrown(() =>
      resolveLock(project, {
        target: { python: BOOKWORM_PYTHON },
        extras: name.endsWith("extra") ? ["Fast"] : [],
        groups: name.endsWith("group") ? ["prod"] : [],
      }),
    );
    expect(error.code).toBe(code);
    expect(error.hint).toContain(hint);
  });

  it("names the requirements that have changed", async () => {
    const project = await detectProject(fixtureProject("lock-stale"), { interpreter });
    const options = { target: { python: BOOKWORM_PYTHON }, extras: [], groups: [] };
    const error = await thrown(() => resolveLock(project, options));
    expect(error.message).toContain("(alpha, beta)");
  });
});
