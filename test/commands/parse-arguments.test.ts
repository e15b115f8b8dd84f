import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/commands/parse-arguments.ts";
import { defineCommand, type CommandDefinition, type OptionSpecs } from "../../src/commands/types.ts";
import { thrown } from "../helpers/thrown.ts";

const OPTIONS = {
  suite: { type: "list", describe: "Suites" },
  phased: { type: "count", minimum: 0, describe: "Percentage" },
  kind: { type: "list", choices: ["a", "b"], describe: "Kinds" },
  quick: { type: "flag", describe: "Less" },
} as const satisfies OptionSpecs;

const handler = (): Promise<0> => Promise.resolve(0);

function command(name: string, operands: CommandDefinition["operands"] = []): CommandDefinition {
  const summary = `Do ${name}`;
  return defineCommand({
    name,
    summary,
    operands,
    options: OPTIONS,
    examples: [{ command: name, says: "So" }],
    handler,
  });
}

const WORLD = {
  commands: [
    command("build"),
    command("repo add", [
      { name: "url", describe: "Where", count: "one" },
      { name: "to", describe: "To", count: "one" },
      { name: "file", describe: "Files", count: "at least one" },
    ]),
    command("repo list", [
      { name: "url", describe: "Where", count: "one" },
      { name: "of", describe: "Of", count: "optional" },
    ]),
    command("repo key create"),
    command("repo key show"),
  ],
  groups: [
    { name: "repo", summary: "Keep a repository" },
    { name: "repo key", summary: "Keep its keys" },
  ],
  version: "1.0",
  columns: 80,
};

async function parsed(...argv: readonly string[]) {
  const invocation = await parseArguments(argv, WORLD);
  if (invocation.kind === "text") throw new Error(invocation.text);
  const { operands, options } = invocation;
  const given = Object.entries(options).filter(
    ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  return { name: invocation.command.name, operands, options: Object.fromEntries(given) };
}

async function text(...argv: readonly string[]): Promise<string> {
  const invocation = await parseArguments(argv, WORLD);
  return invocation.kind === "text" ? invocation.text : "";
}

describe("a name of several words", () => {
  it.each([
    [["repo", "key", "create"], { name: "repo key create", operands: [], options: {} }],
    [["repo", "list", "./apt"], { name: "repo list", operands: ["./apt"], options: {} }],
    [["repo", "list", "./apt", "s"], { name: "repo list", operands: ["./apt", "s"], options: {} }],
    [
      ["-v", "repo", "add", "./apt", "s", "1", "2"],
      { name: "repo add", operands: ["./apt", "s", "1", "2"], options: {} },
    ],
    [
      ["repo", "add", "./apt", "s", "1.deb", "--", "-x.deb"],
      { name: "repo add", operands: ["./apt", "s", "1.deb", "-x.deb"], options: {} },
    ],
  ])("%j", async (argv, wanted) => expect(await parsed(...argv)).toEqual(wanted));
});

describe("a group alone", () => {
  it.each([
    [["repo"], ["venvdeb repo add <url> <to> <file..>", "venvdeb repo list <url> [of]", "venvdeb repo key "]],
    [
      ["repo", "key"],
      ["venvdeb repo key create", "venvdeb repo key show"],
    ],
    [["repo", "--help"], ["venvdeb repo add <url> <to> <file..>"]],
  ])("%j lists its commands", async (argv, lines) => {
    const help = await text(...argv);
    for (const line of lines) expect(help).toContain(line);
    expect(help).not.toContain("venvdeb build");
  });

  it("is one line of the whole help", async () => {
    const help = await text("--help");
    expect(help).toMatch(/venvdeb repo +Keep a repository/);
    expect(help).not.toContain("Do repo add");
  });

  it("completes with the next word", async () => {
    expect(await text("--get-yargs-completions", "venvdeb", "repo", "key", "")).toMatch(
      /^create\b[^]*^show\b/m,
    );
    expect(await text("--get-yargs-completions", "venvdeb", "repo", "")).toMatch(/^add\b/m);
  });
});

describe("wrong words", () => {
  it.each([
    [["repo", "ad", "./apt"], 'did you mean "add"?', "venvdeb repo --help"],
    [["repo", "key", "creat"], 'did you mean "create"?', "venvdeb repo key --help"],
    [["repoo"], 'did you mean "repo"?', "venvdeb --help"],
    [
      ["repo", "add", "./apt", "s", "x", "--phasd", "3"],
      'did you mean "--phased"?',
      "venvdeb repo add --help",
    ],
    [["repo", "add", "./apt"], "not enough", "venvdeb repo add --help"],
    [["repo", "list", "./apt", "a", "b"], '"b" is', "venvdeb repo list --help"],
    [["repo", "--quick"], "no command is named", "venvdeb repo --help"],
  ])("%j: %s", async (argv, message, hint) => {
    const error = await thrown(() => parseArguments(argv, WORLD));
    expect([error.code, error.exitCode, error.hint]).toEqual(["USAGE_INVALID", 2, hint]);
    expect(error.message).toContain(message);
  });
});

describe("a list", () => {
  it.each([
    [
      ["--suite", "a", "b"],
      ["a", "b"],
    ],
    [
      ["--suite", "a", "--suite", "b", "--suite", "a"],
      ["a", "b"],
    ],
    [["--suite=1", "--quick"], ["1"]],
  ])("%j is %j", async (argv, wanted) =>
    expect((await parsed("build", ...argv)).options["suite"]).toEqual(wanted),
  );

  it("of what may not be chosen is refused", async () => {
    expect(await thrown(() => parsed("build", "--kind", "a", "c"))).toMatchObject({ code: "USAGE_INVALID" });
    expect(await thrown(() => parsed("build", "--suite"))).toMatchObject({ code: "USAGE_INVALID" });
  });
});

it("a count may begin at nothing", async () => {
  expect((await parsed("build", "--phased", "0")).options).toEqual({ phased: 0 });
  expect(await thrown(() => parsed("build", "--phased", "-1"))).toMatchObject({ code: "USAGE_INVALID" });
});
