import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contributeOwnTriggers } from "../../src/system/own-triggers.ts";
import { helloPlan } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

const NAMES = ["hello-themes", "/usr/share/hello", "/usr/share/a'b$(x)*"];

/** Runs the block alone, as postinst of a machine would, with printf for the command. */
function run(form: readonly string[], words: readonly string[] = []): readonly string[] {
  const { status, stderr } = block(["/usr/bin/printf", String.raw`%s\0`, ...words], form);
  expect(status).toBe(0);
  return stderr.split("\0").slice(0, -1);
}

function block(command: readonly string[], form: readonly string[]) {
  const triggers = { interest: [], interestNoawait: NAMES, activate: [], activateNoawait: [], command };
  const text = contributeOwnTriggers(helloPlan({ triggers })).fragments.postinst?.[0]?.text ?? "";
  return spawnSync("dash", ["-s", "--", ...form], {
    input: `set -e\n${text}`,
    encoding: "utf8",
    env: { ...process.env, DPKG_ROOT: "" },
  });
}

describe("the command of the package's own triggers", () => {
  it("runs once with those names that are its own", () => {
    expect(
      run(["triggered", `/usr/bin/python3.11 hello-themes ${NAMES[2]} /usr/share/hello/deeper`]),
    ).toEqual(["hello-themes", NAMES[2]]);
  });

  it.each([
    ["triggered", "/usr/bin/python3.11"],
    ["triggered", ""],
    ["configure", "hello-themes"],
    ["abort-remove"],
  ])("does not run for %s %s", (...form) => {
    expect(run(form)).toEqual([]);
  });

  it("gets its own words as they are", () => {
    const word = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\0\r]/g, ""));
    const meant = fc.constantFrom("'; touch canary; '", "$(touch canary)", "`x`", "a\nb", "-e", "*", "");
    fc.assert(
      fc.property(fc.array(fc.oneof(word, meant), { maxLength: 5 }), (words) => {
        expect(run(["triggered", "hello-themes"], words)).toEqual([...words, "hello-themes"]);
      }),
      { numRuns: 40 },
    );
  });

  it("that fails is told, and the apt run goes on", () => {
    const { status, stderr } = block(["/bin/false", "it's"], ["triggered", "hello-themes"]);
    expect(status).toBe(0);
    expect(stderr).toContain("hello: /bin/false it's ended with an error");
  });

  it.each(["a b", "a\ninterest-noawait /x", "/a/../b", ""])("has no name %j", async (name) => {
    const triggers = { interest: [], interestNoawait: [], activate: [name], activateNoawait: [] };
    expect((await thrown(() => contributeOwnTriggers(helloPlan({ triggers })))).code).toBe("SYSTEM_BAD_NAME");
  });
});
