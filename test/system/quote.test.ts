import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteComment, quoteShell, quoteSystemd, quoteSystemdExec } from "../../src/system/quote.ts";
import { renderUnit } from "../../src/system/service-unit.ts";
import { loadUnits } from "../helpers/loaded-units.ts";
import { servicePlan } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

const MEANINGFUL = Array.from("'\"\\$`%;&|<>(){}[]*?#~! \t\n=-@+:é☃");

/** Text of the characters that languages give a meaning to, and of all others. */
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...MEANINGFUL), fc.string({ unit: "grapheme" })), {
    maxLength: 12,
  })
  .map((parts) => parts.join("").replaceAll("\0", ""));
/** The test's own reading of systemd's dump stumbles over newlines and tildes. */
const printable = hostile.map((text) => text.replaceAll(/\p{Cc}|~/gu, ""));

describe("quoteShell", () => {
  it("makes one word of any text", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 20, maxLength: 40 }), (values) => {
        const script = `printf '%s\\0' ${values.map(quoteShell).join(" ")}`;
        const output = execFileSync("dash", ["-c", script], { encoding: "utf8" });
        expect(output.split("\0").slice(0, -1)).toEqual(values);
      }),
      { numRuns: 15 },
    );
  });
});

describe("quoteComment", () => {
  it("keeps any text on its line", () => {
    fc.assert(fc.property(hostile, (text) => !/[\n\r\u2028]/.test(quoteComment(text))));
  });
});

describe("a unit of renderUnit, as systemd loads it", () => {
  it("has command, environment and description as given, whatever is in them", () => {
    const service = fc.record({
      words: fc.array(printable, { maxLength: 5 }),
      value: printable,
      description: printable.map((text) => `x${text.replaceAll(/\s+/g, " ").trim().replaceAll(/\\+$/g, "")}`),
    });
    const services = fc.sample(service, { numRuns: 40, seed: 4711 });
    const loaded = loadUnits(
      Object.fromEntries(
        services.map(({ words, value, description }, index) => [
          `hostile-${index}`,
          renderUnit({
            ...HELLO,
            description,
            command: ["/bin/true", ...words],
            environment: { VALUE: value },
          }),
        ]),
      ),
    );
    for (const [index, { words, value, description }] of services.entries()) {
      const unit = loaded.get(`hostile-${index}`);
      // What is `$$` in the dump reaches the program as `$` (systemd.service(5)).
      expect(unit?.command.map((word) => word.replaceAll("$$", "$"))).toEqual(["/bin/true", ...words]);
      expect(unit?.environment).toContain(`VALUE=${value}`);
      expect(unit?.description).toBe(description);
    }
  });

  it("has no setting of a value with a newline", () => {
    const value = "a\nExecStartPre=/bin/false\n\\\nUser=root";
    const loaded = loadUnits({
      newline: renderUnit({ ...HELLO, command: ["/bin/true", value], environment: { VALUE: value } }),
    });
    expect(loaded.get("newline")?.dump).not.toMatch(/^\s*(?:-> ExecStartPre|User: root)/m);
  });
});

describe("quoteSystemd", () => {
  it.each(["", " a", "a ", "a\nUser=root", "a\\", "a\tb", "a\u0085b"])("refuses %j", async (value) => {
    expect((await thrown(() => quoteSystemd(value))).code).toBe("SYSTEM_BAD_VALUE");
  });
});

describe("quoteSystemdExec", () => {
  it.each(["", "hello", "-/bin/true", "/bin/a\nb", "/bin/$x", '/bin/"x"', "/bin/a\\b"])(
    "refuses the program %j",
    async (program) => {
      expect((await thrown(() => quoteSystemdExec([program]))).code).toBe("SYSTEM_BAD_VALUE");
    },
  );
});

const HELLO = servicePlan({ user: "nobody", group: "nogroup" });
