import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/registry.ts";
import { helpFor } from "../../src/commands/render-help.ts";
import { defineCommand } from "../../src/commands/types.ts";

const store = defineCommand({
  name: "store key make",
  summary: "Make a key that is used for all that is stored there from now on, and for nothing else at all",
  operands: { name: "folder", describe: "Where it goes", count: "one" },
  options: {
    kind: { type: "text", choices: ["a", "b"], default: "a", describe: "Its kind" },
    bits: { type: "count", alias: "b", describe: "Its length", fallback: "what is usual" },
    dry: { type: "flag", describe: "Only say what would be done" },
  },
  examples: [{ command: `store key make ${"long/".repeat(12)}folder`, says: "A deep one" }],
  handler: () => Promise.resolve(0),
});
const groups = [
  { name: "store", summary: "Keep things" },
  { name: "store key", summary: "Keep keys" },
];
const world = { commands: [...COMMANDS, store], groups, columns: 80 };

describe("asked for", () => {
  it.each([
    [["--help"], "venvdeb <command>"],
    [["-h"], "venvdeb <command>"],
    [["build", "--help"], "venvdeb build [project..]"],
    [["--help", "build"], "venvdeb build [project..]"],
    [["build", "-v", "web", "-h"], "venvdeb build [project..]"],
    [["store", "--help"], "venvdeb store <command>"],
    [["store", "key", "--help"], "venvdeb store key <command>"],
    [["store", "key"], "venvdeb store key <command>"],
    [["store", "key", "make", "-h"], "venvdeb store key make <folder>"],
  ])("by %j, it is of what is named", (argv, usage) => {
    expect(helpFor(argv, world)?.split("\n")).toContain(usage);
  });

  it.each([
    [[]],
    [["build"]],
    [["store", "--verbose"]],
    [["build", "--", "--help"]],
    [["bild", "--help"]],
    [["store", "kee", "--help"]],
    [["builder", "--help"]],
  ])("not by %j", (argv) => {
    expect(helpFor(argv, world)).toBeUndefined();
  });
});

it("a group lists what follows it, a group below as one line", () => {
  expect(helpFor(["store", "--help"], world)).toContain(
    "Commands:\n  venvdeb store key <command>  Keep keys\n",
  );
  expect(helpFor(["--help"], world)?.match(/venvdeb store.*/g)).toEqual([
    expect.stringMatching(/^venvdeb store <command> +Keep things$/),
  ]);
});

it("tells letters, kinds, choices and what stands in", () => {
  expect(helpFor(["store", "key", "make", "--help"], world)).toBe(
    `
venvdeb store key make <folder>

Make a key that is used for all that is stored there from now on, and for nothing else at all

Arguments:
  folder  Where it goes

Options:
      --kind <text>    Its kind (one of a, b; default: a)
  -b, --bits <number>  Its length (default: what is usual)
      --dry            Only say what would be done
  -v, --verbose        Show details on standard error
  -h, --help           Show help

Examples:
  venvdeb store key make ${"long/".repeat(12)}folder
      A deep one`.slice(1),
  );
});

it("wraps to the width of the terminal, within bounds", () => {
  for (const [columns, widest] of [
    [20, 60],
    [70, 70],
    [300, 100],
  ] as const) {
    const text = helpFor(["--help"], { ...world, columns }) ?? "";
    const rows = text.split("\n").filter((line) => line.startsWith("  "));
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(widest);
  }
});
