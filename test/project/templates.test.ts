import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTemplates } from "../../src/project/templates.ts";
import { generatedSettings } from "../helpers/generated-settings.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const { main, proxy } = generatedSettings;
if (main === undefined || proxy === undefined) throw new Error("no settings");

describe("readTemplates", () => {
  it("gives the texts by id; a key of one table has a value in all", async () => {
    const texts = {
      "etc/hello.toml.in": "\uFEFF${PORT:json}\n  @FRAGMENTS@\n",
      "etc/proxy.conf.in": "$${X} $X ${PORT}",
    };
    expect(await readTemplates({ main, proxy }, await tempFiles(texts))).toEqual({
      main: texts["etc/hello.toml.in"],
      proxy: texts["etc/proxy.conf.in"],
    });
  });

  it.each([
    ["a\n", "it has 0 lines @FRAGMENTS@"],
    ["@FRAGMENTS@\n@FRAGMENTS@", "it has 2 lines @FRAGMENTS@"],
    [
      "@FRAGMENTS@\n${PROT}",
      "it has ${PROT}, which no default and no question gives a value ($${PROT} stands",
    ],
  ])("refuses %j", async (text, problem) => {
    const folder = await tempFiles({ "etc/hello.toml.in": text });
    const error = await thrown(() => readTemplates({ main }, folder));
    expect(error).toMatchObject({ code: "PROJECT_TEMPLATE_INVALID", exitCode: 2 });
    expect(error.message).toContain(problem);
  });

  it("refuses a line for fragments where there is no folder of them", async () => {
    const folder = await tempFiles({ "etc/proxy.conf.in": "@FRAGMENTS@" });
    expect((await thrown(() => readTemplates({ proxy }, folder))).code).toBe("PROJECT_TEMPLATE_INVALID");
  });

  it.each([
    ["is not there", {}],
    ["is a folder", { "etc/proxy.conf.in/x": "" }],
    ["is no UTF-8", { "etc/proxy.conf.in": Buffer.from([0xff]) }],
  ])("refuses one that %s", async (_what, files) => {
    const folder = await tempFiles(files);
    expect((await thrown(() => readTemplates({ proxy }, folder))).code).toBe("PROJECT_TEMPLATE_UNREADABLE");
  });

  it("refuses one that leads out of the project", async () => {
    const folder = await tempFiles({ "etc/x": "" });
    symlinkSync("/etc/hostname", join(folder, "etc/proxy.conf.in"));
    const error = await thrown(() => readTemplates({ proxy }, folder));
    expect(error.message).toContain("it leads out of the project, to /etc/hostname");
  });
});
