import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assumeExtras, extrasOf } from "../../src/python/marker-extras.ts";
import { evaluateMarker, parseMarker } from "../../src/python/marker.ts";
import { renderMarker } from "../../src/python/render-requirement.ts";
import { askPython, pythonVenv } from "../helpers/python-venv.ts";

const bookworm = {
  implementation_name: "cpython",
  implementation_version: "3.11.2",
  os_name: "posix",
  platform_machine: "x86_64",
  platform_python_implementation: "CPython",
  platform_release: "6.1.0-13-amd64",
  platform_system: "Linux",
  platform_version: "#1 SMP Debian 6.1.55-1",
  python_full_version: "3.11.2",
  python_version: "3.11",
  sys_platform: "linux",
};

describe("evaluateMarker", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['python_version >= "3.9"', true],
    ['python_version < "3.9"', false],
    ['"3.9" <= python_version', true],
    ['python_version in "2.7 3.11"', true],
    ['python_version not in "2.7 3.11"', false],
    ['python_full_version ~= "3.11.0"', true],
    ['python_version == "3.*"', true],
    ['python_full_version === "3.11.2"', true],
    ['sys_platform == "win32" or os_name == "posix"', true],
    ['sys_platform == "win32" and os_name == "posix" or python_version > "3"', true],
    ['sys_platform == "win32" and (os_name == "posix" or python_version > "3")', false],
    ["'linux' in sys_platform", true],
    ["sys_platform < 'zzz'", false],
    ["platform_release >= '5'", false],
    ["os.name == 'posix' and python_implementation == 'CPython'", true],
    ["implementation_version>='3.11.0a1'", true],
  ];
  it.each(cases)("%s is %j", (text, expected) => {
    expect(evaluateMarker(parseMarker(text), bookworm)).toBe(expected);
  });

  const asked = { extras: new Set(["Redis", "web_ui"]), groups: new Set(["Dev"]) };
  const contextCases: readonly (readonly [string, boolean])[] = [
    ['extra == "redis"', true],
    ['"WEB.UI" == extra', true],
    ['extra == "mysql"', false],
    ['extra != "mysql"', true],
    ['extra == "redis" and extra == "web-ui"', true],
    ['"redis" in extras and "dev" in dependency_groups', true],
    ['"test" not in dependency_groups', true],
    ['"dev" in extras', false],
  ];
  it.each(contextCases)("%s is %j when redis, web-ui and the group dev are asked for", (text, expected) => {
    expect(evaluateMarker(parseMarker(text), bookworm, asked)).toBe(expected);
  });

  it.each(['os_name ~= "posix"', 'extra < "x"', 'extras == "x"', 'extra in "a b"'])(
    "refuses %s, which has no meaning",
    (text) => expect(() => evaluateMarker(parseMarker(text), bookworm)).toThrow(badMarker),
  );

  it("refuses a variable that the environment lacks", () => {
    expect(() => evaluateMarker(parseMarker('os_name == "posix"'), {})).toThrow(badMarker);
  });
});

describe("parseMarker", () => {
  it.each([
    "",
    "python_version",
    'python_version >= "3',
    'python_version => "3"',
    '"a" == "a"',
    "os_name == sys_platform",
    'python_version >= "3" and',
    '(python_version >= "3"',
    'python_version >= "3" xor os_name == "posix"',
    'nonsense == "1"',
    `${"(".repeat(100_000)}os_name == "posix"`,
  ])("refuses %j", (text) => expect(() => parseMarker(text)).toThrow(badMarker));
});

describe("the extras of a marker", () => {
  it("are told", () => {
    expect(extrasOf(parseMarker('os_name == "posix" and (extra == "A_b" or "c" == extra)'))).toEqual([
      "a-b",
      "c",
    ]);
  });

  const cases: readonly (readonly [string, string | boolean])[] = [
    ['extra == "x"', true],
    ['extra == "y"', false],
    ['extra != "y" and "X" in extras', true],
    ['os_name == "nt" and extra == "x"', 'os_name == "nt"'],
    ['os_name == "nt" and extra == "y"', false],
    [
      '(os_name == "nt" or os_name == \'a"b\') and extra == "x" and sys_platform == "linux"',
      '(os_name == "nt" or os_name == \'a"b\') and sys_platform == "linux"',
    ],
    ['os_name == "nt" or extra == "x"', true],
  ];
  it.each(cases)("%s is %j once x is known to be asked for", (text, expected) => {
    const left = assumeExtras(parseMarker(text), new Set(["x"]));
    expect(typeof left === "boolean" ? left : renderMarker(left)).toBe(expected);
  });
});

describe("markers, against Python's packaging", () => {
  it("have the same truth", async () => {
    const markers = fc.sample(markerTexts(), { numRuns: 3000, seed: 508 });
    const venv = await pythonVenv("packaging");
    const expected = await askPython<readonly unknown[]>(join(venv, "bin/python"), evaluateWithPackaging, {
      markers,
      environment: bookworm,
    });
    const wrong = markers.filter((text, index) => ours(text) !== expected[index]);
    expect(wrong).toEqual([]);
  });
});

function ours(text: string): boolean {
  return evaluateMarker(parseMarker(text), bookworm, { extras: new Set(["web"]) });
}

function markerTexts(): fc.Arbitrary<string> {
  const version = fc
    .tuple(
      fc.constantFrom("python_version", "python_full_version", "implementation_version"),
      fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "in", "not in", "~="),
      fc.constantFrom("3.11", "3.11.2", "3.9", "3.12.0rc1", "3.11.2.post1", "3.11.2a1", "4.0", "2.7"),
    )
    .map(([name, operator, value]) => `${name} ${operator} "${value}"`);
  const prefix = fc
    .tuple(
      fc.constantFrom("python_version", "python_full_version"),
      fc.constantFrom("==", "!="),
      fc.constantFrom("3.*", "3.11.*", "3.1.*", "3.11.0.*"),
    )
    .map(([name, operator, value]) => `${name} ${operator} '${value}'`);
  const reversed = fc
    .tuple(fc.constantFrom("3.9", "3.11", "3.12"), fc.constantFrom("<", "<=", "=="))
    .map(([value, operator]) => `"${value}" ${operator} python_version`);
  const text = fc
    .tuple(
      fc.constantFrom("os_name", "sys_platform", "platform_machine"),
      fc.constantFrom("==", "!=", "in", "not in", "<", ">="),
      fc.constantFrom("posix", "linux", "linux darwin", "x86_64", "win32"),
    )
    .map(([name, operator, value]) => `${name} ${operator} "${value}"`);
  const extra = fc.constantFrom('extra == "web"', 'extra != "web"', 'extra == "x"');
  const item = fc.oneof(version, prefix, reversed, text, extra);
  return fc.letrec<{ marker: string }>((tie) => ({
    marker: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      item,
      fc
        .tuple(tie("marker"), fc.constantFrom("and", "or"), tie("marker"))
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
      tie("marker").map((inner) => `(${inner})`),
    ),
  })).marker;
}

const evaluateWithPackaging = `
import json, sys
from packaging.markers import Marker
question = json.load(sys.stdin)
environment = dict(question["environment"], extra="web")
print(json.dumps([Marker(text).evaluate(environment) for text in question["markers"]]))
`;

const badMarker = expect.objectContaining({ code: "PYTHON_BAD_MARKER" });
