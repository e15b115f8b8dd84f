import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseRequirement } from "../../src/python/requirement.ts";
import { askPython, pythonVenv } from "../helpers/python-venv.ts";
import { thrown } from "../helpers/thrown.ts";

const good = [
  "Flask",
  "flask==3.0",
  "flask == 3.0.* , != 3.0.1",
  "flask(>=1,<2)",
  "flask ( >= 1 )",
  "celery[redis, Sqs_Extra]>=5",
  "celery[]",
  "a.b_c-d~=1.4.2; python_version >= '3.9' and extra == 'x'",
  "pip @ https://example.invalid/pip-1.3.1.zip#sha1=da9234ee",
  "pip[a]@git+ssh://user@example.invalid/pip.git@v1 ; os_name == 'posix'",
  "x===weird-1",
  "x>=1.0rc1,<2.dev0",
  "x==1.0+local.1",
  "n ; python_version<'3'",
];

const bad = [
  "",
  "-flask",
  "flask[",
  "flask[a b]",
  "flask[,a]",
  "flask>=",
  "flask=1",
  "flask>=1.*",
  "flask~=1",
  "flask (>=1",
  "flask>=1 <2",
  "flask>=1+local",
  "flask @",
  "flask ; ",
  "flask trailing",
  "flask>1;os_name=='x' junk",
];

interface Answer {
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: readonly string[];
  readonly url: string | null;
  readonly marker: boolean;
}

describe("parseRequirement", () => {
  let answers: readonly (Answer | null)[] = [];

  beforeAll(async () => {
    const venv = await pythonVenv("packaging");
    answers = await askPython(join(venv, "bin/python"), parseWithPackaging, [...good, ...bad]);
  }, 300_000);

  it.each(good.map((text, index) => [text, index] as const))(
    "reads %j as Python's packaging does",
    (text, index) => {
      const { name, extras, specifier, url, marker } = parseRequirement(text);
      expect({
        name,
        extras: [...extras].sort(),
        specifiers: specifier.split(",").filter(Boolean).sort(),
        url: url ?? null,
        marker: marker !== undefined,
      }).toEqual(answers[index]);
    },
  );

  it.each(bad.map((text, index) => [text, index + good.length] as const))(
    "refuses %j as Python's packaging does",
    (text, index) => {
      expect(answers[index]).toBeNull();
      expect(() => parseRequirement(text)).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^PYTHON_BAD_(?:REQUIREMENT|MARKER)$/),
          message: expect.stringMatching(/^Cannot read the (?:requirement|marker) /),
        }),
      );
    },
  );

  it("says which of the two is bad", async () => {
    expect((await thrown(() => parseRequirement("flask["))).code).toBe("PYTHON_BAD_REQUIREMENT");
    expect((await thrown(() => parseRequirement("flask ; x"))).code).toBe("PYTHON_BAD_MARKER");
  });

  it("is quick with hostile input", () => {
    const started = performance.now();
    expect(() => parseRequirement(`a${"-.".repeat(200_000)}!`)).toThrow();
    expect(() => parseRequirement(`a>=${"1.".repeat(200_000)}!`)).toThrow();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

const parseWithPackaging = `
import json, sys
from packaging.requirements import Requirement, InvalidRequirement
from packaging.utils import canonicalize_name
def parse(text):
    try:
        found = Requirement(text)
    except InvalidRequirement:
        return None
    return {
        "name": canonicalize_name(found.name),
        "extras": sorted(canonicalize_name(extra) for extra in found.extras),
        "specifiers": sorted(str(one) for one in found.specifier),
        "url": found.url,
        "marker": found.marker is not None,
    }
print(json.dumps([parse(text) for text in json.load(sys.stdin)]))
`;
