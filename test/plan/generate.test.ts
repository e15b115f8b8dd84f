import { describe, expect, it } from "vitest";
import type { GenerateConfig } from "../../src/config/types.ts";
import { generatedSettings } from "../helpers/generated-settings.ts";
import { helloPlan, service } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

const PLAIN: GenerateConfig = {
  template: "t",
  output: "/etc/hello/a.conf",
  from: [],
  defaults: {},
  questions: {},
  mode: 0o644,
  owner: { user: "root", group: "root" },
};
const QUESTION = generatedSettings["main"]?.questions["PORT"];
if (QUESTION === undefined) throw new Error("no question");
const file = { source: "x", owner: PLAIN.owner, conffile: true };

describe("generated files of the plan", () => {
  it("have their template's text and the names that debconf uses", () => {
    const generates = { main: { ...PLAIN, questions: { DB_Port: QUESTION } } };
    const [one] = helloPlan({ generates }, { templates: { main: "text" } }).generated;
    expect(one).toMatchObject({
      id: "main",
      template: "text",
      questions: [{ key: "DB_Port", name: "hello/db-port" }],
    });
  });

  it.each([
    ["is the output of generate.a too", { a: PLAIN, b: PLAIN }, {}],
    ["ship", { a: PLAIN }, { files: { "/etc/hello/a.conf": file } }],
    ["ship", { a: PLAIN }, { files: { "/etc/hello": file } }],
    ["ship", { a: PLAIN }, { links: { "/etc/hello/a.conf": "/x" } }],
    ["own folder of fragments", { a: { ...PLAIN, from: ["/etc/hello"] } }, {}],
    ["asked twice", { a: { ...PLAIN, questions: { A: QUESTION, a: QUESTION } } }, {}],
    [
      "has a default and a question",
      { a: { ...PLAIN, questions: { A: QUESTION } }, b: { ...PLAIN, output: "/etc/b", defaults: { A: "" } } },
      {},
    ],
    [
      "a default to another value",
      { a: { ...PLAIN, defaults: { A: "1" } }, b: { ...PLAIN, output: "/etc/b", defaults: { A: "2" } } },
      {},
    ],
  ])("do not clash: %s", async (words, generates, config) => {
    const error = await thrown(() => helloPlan({ generates, ...config }));
    expect(error).toMatchObject({ code: "PLAN_GENERATE_CLASH", exitCode: 2 });
    expect(error.message).toContain(words);
  });
});

describe("a plan without an environment", () => {
  it("needs no Python and says that it holds files", () => {
    const plan = helloPlan({
      environment: false,
      prefix: "/opt/hello",
      services: { a: service({ command: ["/bin/true"] }) },
    });
    expect(plan.hasEnvironment).toBe(false);
    expect(plan.relations.depends).toEqual([]);
    expect(plan.package.description).toBe("This package holds files only, and no Python environment.");
  });

  it("refuses all that is in an environment, at once", async () => {
    const error = await thrown(() =>
      helloPlan({
        environment: false,
        services: { web: service() },
        links: { "/usr/bin/hello": "bin/hello", "/usr/bin/x": "/usr/bin/y" },
        generates: { main: PLAIN },
        extras: ["x"],
      }),
    );
    expect(error).toMatchObject({ code: "PLAN_NO_ENVIRONMENT", exitCode: 2 });
    expect(error.message).toContain(
      "generate.main, which Python makes; the command of service.web; the link /usr/bin/hello; extras",
    );
  });
});
