import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { settingMistakes } from "../helpers/setting-mistakes.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const PLAIN = 'template = "t"\noutput = "/etc/hello/hello.conf"';

async function read(toml: string) {
  const folder = await tempFiles({ "venvdeb.toml": toml });
  return (await readConfig(folder, { target: "debian:bookworm/amd64" })).config;
}

describe("generated files in the settings", () => {
  it("need a template and an output; the rest has defaults", async () => {
    expect((await read(`[generate.main]\n${PLAIN}`)).generates).toEqual({
      main: {
        template: "t",
        output: "/etc/hello/hello.conf",
        from: [],
        defaults: {},
        questions: {},
        mode: 0o644,
        owner: { user: "root", group: "root" },
      },
    });
  });

  it("keep what was typed, with what a target changes", async () => {
    const { generates } = await read(`
[generate.main]
${PLAIN}
from = ["/etc/hello/conf.d"]
mode = "640"
owner = "root:hello"
reload = "hello"
questions = { A = { description = "A?", type = "boolean" }, B = { description = "B?", type = "select", choices = ["x", "y"] } }
[target."debian:bookworm".generate.main]
defaults = { PORT = "1" }
`);
    expect(generates["main"]).toMatchObject({
      from: ["/etc/hello/conf.d"],
      mode: 0o640,
      owner: { user: "root", group: "hello" },
      reload: "hello",
      defaults: { PORT: "1" },
      questions: {
        A: { type: "boolean", default: "false", priority: "medium" },
        B: { type: "select", default: "x", choices: ["x", "y"] },
      },
    });
  });

  it.each([
    ['output = "/usr/share/x"', "generate.main.output"],
    ['output = "/etc"', "generate.main.output"],
    ['output = "/etc/a b"', "generate.main.output"],
    ['output = "/etc/a:b"', "generate.main.output"],
    ['output = "/etc/../x"', "generate.main.output"],
    ['template = "../t"', "generate.main.template"],
    ['from = ["/var/lib/hello"]', "generate.main.from[0]"],
    ['from = ["/etc/a b"]', "generate.main.from[0]"],
    ['from = ["/etc/*"]', "generate.main.from[0]"],
    ['defaults = { "A-B" = "x" }', "generate.main.defaults.A-B"],
    ['defaults = { A = "x\\ny" }', "generate.main.defaults.A"],
    ['reload = "x.service; rm"', "generate.main.reload"],
    ['mode = "4755"', "generate.main.mode"],
    ['owner = "root:$(id)"', "generate.main.owner"],
    ["questions = { A = {} }", "generate.main.questions.A.description"],
    ['questions = { A = { description = "x", type = "select" } }', "generate.main.questions.A.choices"],
    ['questions = { A = { description = "x", choices = ["y"] } }', "generate.main.questions.A.choices"],
    [
      'questions = { A = { description = "x", type = "boolean", default = "yes" } }',
      "generate.main.questions.A.default",
    ],
  ])("may not be: %s", async (line, place) => {
    const key = /^\w+/.exec(line)?.[0] ?? "";
    const rest = PLAIN.split("\n").filter((one) => !one.startsWith(key));
    const mistakes = await settingMistakes(["[generate.main]", ...rest, line].join("\n"));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(` ${place}: `);
  });
});
