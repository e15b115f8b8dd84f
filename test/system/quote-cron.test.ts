import { execFileSync, spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteCronCommand, quoteCronEnvironment, quoteCronPlain } from "../../src/system/quote-cron.ts";
import { thrown } from "../helpers/thrown.ts";

const MEANINGFUL = Array.from("'\"\\\\\\$`%%%;&|<>(){}[]*?#~! =-@+:é☃");
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...MEANINGFUL), fc.string({ unit: "grapheme", maxLength: 2 })), {
    maxLength: 10,
  })
  .map((parts) => parts.join("").replaceAll(/\p{Cc}|\p{Surrogate}/gu, ""));

/** What versions of cron hand to the shell: backslashes before `%` are dropped by some, those before `\` by others too. */
const CRONS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.replaceAll(String.raw`\%`, "%"),
  (line) => line.replaceAll(/\\([%\\])/g, "$1"),
  (line) => line.replaceAll(/\\(.)/gs, (both, next: string) => ("%\\".includes(next) ? next : both)),
];

describe("quoteCronCommand", () => {
  it("gives the program the words as they are, whatever a cron does with backslashes", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 6 }), (words) => {
        const line = quoteCronCommand(["/usr/bin/printf", String.raw`%s\0`, ...words]);
        expect(line).not.toMatch(/(?<!\\)%|[\n\r]/);
        for (const cron of CRONS) {
          const output = execFileSync("dash", ["-c", cron(line)], { encoding: "utf8" });
          expect(output.split("\0").slice(0, -1), line).toEqual(words);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("does nothing when the program is not there", () => {
    const { status, stdout, stderr } = spawnSync("dash", ["-c", quoteCronCommand(["/nowhere/x", "a"])], {
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).toEqual([1, "", ""]);
  });

  it.each([["a\nb"], ["a\u0000"], ["x".repeat(1000)]])("refuses the word %j", async (word) => {
    expect((await thrown(() => quoteCronCommand(["/bin/true", word]))).code).toBe("SYSTEM_BAD_VALUE");
  });
});

describe("quoteCronEnvironment", () => {
  it("writes lines that Debian's cron takes, or refuses the value", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const isHopeless =
          /\s$/.test(value) || (/^[\s"']/.test(value) && value.includes('"') && value.includes("'"));
        if (isHopeless) return;
        const lines = quoteCronEnvironment({ VALUE: value, OTHER: "x" });
        expect(lines.split("\n")).toHaveLength(2);
        const { status, stderr } = spawnSync("crontab", ["-n", "-"], {
          input: `${lines}\n* * * * * true\n`,
          encoding: "utf8",
        });
        expect(status, `${lines}\n${stderr}`).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["plain", "plain"],
    ["", '""'],
    [" a", '" a"'],
    ['"a" b', `'"a" b'`],
    [`a "b" 'c'`, `a "b" 'c'`],
  ])("writes %j as %s", (value, written) => {
    expect(quoteCronEnvironment({ A: value })).toBe(`A=${written}`);
  });

  it.each([{ A: "x\ny" }, { "A B": "x" }, { A: ` "'x` }, { A: "x " }, { A: "x".repeat(1000) }])(
    "refuses %j",
    async (variables) => {
      expect((await thrown(() => quoteCronEnvironment(variables))).code).toBe("SYSTEM_BAD_VALUE");
    },
  );
});

describe("quoteCronPlain", () => {
  it("lets nothing through that would begin another field or line", () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), (text) => {
        try {
          return /^[\w@*,/ -]+$/.test(quoteCronPlain(text));
        } catch {
          return true;
        }
      }),
    );
  });
});
