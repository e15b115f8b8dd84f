import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateRoot, OUTPUT } from "../helpers/generate-run.ts";

/** What would leave a file behind if a shell, Python, a template or a pattern looked at it; and any text. */
const hostile = fc.oneof(
  fc.constantFrom(
    "$(touch canary)",
    "`touch canary`",
    "'; touch canary; '",
    '"; touch canary; "',
    "${A}",
    "$${A}",
    "${B:sh}",
    "@FRAGMENTS@",
    "{{ A }}{% x %}",
    "{A.__class__}%(A)s%s",
    "\\1\\g<0>\\n",
    "__import__('os').system('touch canary')",
    "# x",
    "=",
    "",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const value = hostile.map((text) => text.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, ""));

describe("what goes into a generated file", () => {
  it("is text, in the template, in fragments and in values: put in once, and never run", () => {
    fc.assert(
      fc.property(hostile, hostile, value, value, (text, fragment, a, b) => {
        const fixed = text.replaceAll(/[\n@]/g, "");
        const template = `\${A}|\${B}\n@FRAGMENTS@\n${fixed.replaceAll("${", () => "$${")}`;
        const root = generateRoot(template, { defaults: { A: a, B: "default" } });
        root.write("/etc/hello/conf.d/x", fragment);
        root.write("/var/lib/venvdeb/hello/generated/answers", `B=${b}\n`);
        const { status, said } = root.make();
        const made = root.read(OUTPUT);
        const names = readdirSync(root.root);
        root.remove();
        expect({ status, said }).toEqual({ status: 0, said: "" });
        const line = fragment === "" || fragment.endsWith("\n") ? fragment : `${fragment}\n`;
        expect(made).toBe(`${a}|${b}\n${asUtf8(line)}${asUtf8(fixed)}`);
        expect(names).not.toContain("canary");
      }),
      { numRuns: 25 },
    );
  });

  it("is quoted as a shell and JSON read it", () => {
    fc.assert(
      fc.property(value, (a) => {
        const root = generateRoot("${A:sh}\n${A:json}\n", { defaults: { A: a } });
        root.make();
        const [sh = "", json = ""] = (root.read(OUTPUT) ?? "").split("\n");
        root.remove();
        expect(JSON.parse(json)).toBe(a);
        const { stdout } = spawnSync("dash", ["-c", `printf %s ${sh}`], { encoding: "utf8" });
        expect(stdout).toBe(a);
      }),
      { numRuns: 25 },
    );
  });
});

describe("an operator's edits", () => {
  it("are never lost: merged as git merges them, or kept with the package's beside", () => {
    fc.assert(
      fc.property(edits("mine"), edits("theirs"), (mine, theirs) => {
        const base = BASE.join("");
        const root = generateRoot(base);
        root.make();
        root.write(OUTPUT, mine);
        root.upgrade(theirs);
        const { status } = root.make("triggered");
        const [text, beside] = [root.read(OUTPUT) ?? "", root.read(`${OUTPUT}.venvdeb-new`)];
        root.remove();
        expect(status).toBe(0);
        if (beside === undefined) expect(text).toBe(mergedByGit(mine, base, theirs));
        else expect([text, beside]).toEqual([mine, theirs]);
      }),
      { numRuns: 25 },
    );
  });
});

const BASE = Array.from({ length: 12 }, (_, index) => `line ${index}\n`);

/** The base with lines taken away, changed and added, at most three of them. */
function edits(who: string): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat(BASE.length - 1), fc.constantFrom("delete", "change", "add"));
  return fc.array(edit, { maxLength: 3 }).map((list) => {
    const lines = [...BASE];
    for (const [at, what] of list) {
      if (what === "delete") lines[at] = "";
      else lines[at] = what === "add" ? `${BASE[at]}${who} ${at}\n` : `${who} ${at}\n`;
    }
    return lines.join("");
  });
}

function mergedByGit(mine: string, base: string, theirs: string): string {
  const folder = mkdtempSync(join(tmpdir(), "venvdeb-merge-"));
  const files = Object.entries({ mine, base, theirs }).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  try {
    return execFileSync("git", ["merge-file", "-p", "-q", ...files], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Half a pair is no character: as bytes it becomes the sign for that. */
function asUtf8(text: string): string {
  return Buffer.from(text).toString();
}
