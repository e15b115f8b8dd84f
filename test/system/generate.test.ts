import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { GenerateConfig } from "../../src/config/types.ts";
import { generateRoot, NOTE, OUTPUT, type GenerateRoot } from "../helpers/generate-run.ts";

let open: GenerateRoot[] = [];
afterEach(() => {
  for (const root of open) root.remove();
  open = [];
});

function start(template: string, changes: Partial<GenerateConfig> = {}): GenerateRoot {
  const made = generateRoot(template, changes);
  open.push(made);
  return made;
}

const TEN = Array.from({ length: 10 }, (_, index) => `line ${index}\n`).join("");

describe("the text of a generated file", () => {
  it.each([
    ["a=${A}", "a=one"],
    ["a=${A}\n", "a=one\n"],
    ["\n\na\n\n", "\n\na\n\n"],
    ["${A:json} ${A:sh} ${Q:json} ${Q:sh}", `"one" one "it's \\"x\\"" 'it'"'"'s "x"'`],
    ["$${A} $A $$ ${} ${unknown} ${1} ${A:xml}", "${A} $A $$ ${} ${unknown} ${1} ${A:xml}"],
    ["@FRAGMENTS@", "@FRAGMENTS@"],
    ["a\r\nb\r\n", "a\r\nb\r\n"],
    ["é\u2028x\n", "é\u2028x\n"],
  ])("of %j is %j", (template, wanted) => {
    const root = start(template, { from: [], defaults: { A: "one", Q: `it's "x"` } });
    expect(root.make()).toEqual({ units: "", said: "", status: 0 });
    expect(root.read(OUTPUT)).toBe(wanted);
    expect(root.mode(OUTPUT)).toBe(0o640);
    expect(root.mode(NOTE)).toBe(0o600);
    expect(root.mode("/var/lib/venvdeb/hello")).toBe(0o700);
  });

  it("takes values from the settings, then debconf, then /etc/default", () => {
    const root = start("${A} ${B} ${C} ${D}\n", { defaults: { A: "1", B: "1", C: "1", D: "1" } });
    root.make();
    root.write("/var/lib/venvdeb/hello/generated/answers", "B=a b = c\nC=2\nX=2\n");
    root.write("/etc/default/hello", "# C=9\nC=3\n X = 4\nD=\n");
    root.make();
    expect(root.read(OUTPUT)).toBe("1 a b = c 3 \n");
  });

  it.each([
    ["A=plain", "plain"],
    ["A=two words  ", "two words"],
    ["A='single $x \\'", "single $x \\"],
    ['A="double \\"q\\" \\$x"', 'double "q" $x'],
    ["A=one\\\ntwo", "onetwo"],
    ["A=back\\ slash", "back slash"],
    ["A=$(touch canary)`touch canary`", "$(touch canary)`touch canary`"],
    ['A="open', "unset"],
    ["export A=x", "unset"],
    ["A=x\nA=last", "last"],
  ])("reads %j of /etc/default as systemd does", (line, wanted) => {
    const root = start("${A}", { defaults: { A: "unset" } });
    root.write("/etc/default/hello", `${line}\n`);
    root.make();
    expect(root.read(OUTPUT)).toBe(wanted);
    expect(readdirSync(root.root)).not.toContain("canary");
  });

  it("puts fragments in the order of bytes at their line, and leaves out what is no fragment", () => {
    const root = start("a\n @FRAGMENTS@ \nb\n");
    const folder = "/etc/hello/conf.d";
    for (const name of [
      "b",
      "B",
      "10-x",
      "é",
      "c.conf",
      "c.conf.dpkg-old",
      "c.conf~",
      ".c",
      "c.toml",
      "c.dpkg-new",
    ])
      root.write(`${folder}/${name}`, name === "b" ? "no newline, ${A}" : `${name}\n`);
    symlinkSync("/dev/null", join(root.root, folder, "masked"));
    symlinkSync("/etc/shadow", join(root.root, folder, "leads-out"));
    mkdirSync(join(root.root, folder, "folder"));
    const { said, status } = root.make();
    expect(status).toBe(0);
    expect(root.read(OUTPUT)).toBe("a\n10-x\nB\nno newline, ${A}\nc.conf\nb\n");
    expect(said.split("\n").map((line) => line.replace(/: .*?(\/etc\S+).*/, " $1"))).toEqual([
      `hello ${folder}/c.toml`,
      `hello ${folder}/é`,
      `hello ${folder}/folder`,
      `hello ${folder}/leads-out`,
    ]);
  });

  it("has no trace of its fragments when there are none", () => {
    const root = start("a\n@FRAGMENTS@\nb\n");
    root.make();
    expect(root.read(OUTPUT)).toBe("a\nb\n");
  });
});

describe("a generated file", () => {
  it("changes with its fragments, and only then is the service reloaded", () => {
    const root = start("a\n@FRAGMENTS@\n");
    expect(root.make().units).toBe("");
    root.write("/etc/hello/conf.d/x", "x\n");
    expect(root.make("triggered").units).toBe("hello.service");
    expect(root.read(OUTPUT)).toBe("a\nx\n");
    expect(root.make("triggered").units).toBe("");
    rmSync(join(root.root, "etc/hello/conf.d/x"));
    expect(root.make("triggered").units).toBe("hello.service");
    expect(root.read(OUTPUT)).toBe("a\n");
  });

  it("reloads another package's service at configure too", () => {
    const root = start("a", { reload: "nginx" });
    expect(root.make().units).toBe("nginx.service");
  });

  it("keeps an operator's edit, and takes the package's changes beside it", () => {
    const root = start(TEN);
    root.make();
    const edited = TEN.replace("line 2\n", "line 2, edited\n");
    root.write(OUTPUT, edited);
    expect(root.make()).toEqual({ units: "", said: "", status: 0 });
    expect(root.read(OUTPUT)).toBe(edited);
    root.upgrade(TEN.replace("line 8", "line eight"));
    expect(root.make("triggered")).toMatchObject({
      units: "hello.service",
      said: expect.stringContaining("the edits are kept"),
    });
    expect(root.read(OUTPUT)).toBe(edited.replace("line 8", "line eight"));
    expect(root.read(`${OUTPUT}.venvdeb-new`)).toBeUndefined();
    expect(root.make("triggered")).toEqual({ units: "", said: "", status: 0 });
  });

  it("stays the operator's where both changed the same, with the package's beside it until it is settled", () => {
    const root = start(TEN);
    root.make();
    const edited = TEN.replace("line 2", "mine");
    root.write(OUTPUT, edited);
    const first = TEN.replace("line 2", "theirs");
    root.upgrade(first);
    const { units, said } = root.make("triggered");
    expect(units).toBe("");
    expect(said).toBe(
      `hello: ${OUTPUT} was edited by hand where the package changes it, so it stays as it is; what the package would write is in ${OUTPUT}.venvdeb-new`,
    );
    expect(root.read(OUTPUT)).toBe(edited);
    expect(root.read(`${OUTPUT}.venvdeb-new`)).toBe(first);
    expect(root.make()).toEqual({ units: "", said: "", status: 0 });
    const second = first.replace("line 9", "line nine");
    root.upgrade(second);
    root.make();
    expect(root.read(OUTPUT)).toBe(edited.replace("line 9", "line nine"));
    expect(root.read(`${OUTPUT}.venvdeb-new`)).toBe(second);
    root.write(OUTPUT, second);
    root.make();
    expect(root.read(`${OUTPUT}.venvdeb-new`)).toBeUndefined();
  });

  it("is not written over a file that was there before", () => {
    const root = start("ours\n");
    root.write(OUTPUT, "the operator's\n");
    expect(root.make().said).toContain("was there already and stays as it is");
    expect(root.read(OUTPUT)).toBe("the operator's\n");
    expect(root.read(`${OUTPUT}.venvdeb-new`)).toBe("ours\n");
  });

  it("stays deleted when an operator deletes it, until its note goes too", () => {
    const root = start("one\n");
    root.make();
    rmSync(join(root.root, OUTPUT));
    expect(root.make().said).toBe("");
    root.upgrade("two\n");
    expect(root.make().said).toContain("was deleted by hand and stays so");
    expect(root.read(OUTPUT)).toBeUndefined();
    expect(root.read(`${OUTPUT}.venvdeb-new`)).toBeUndefined();
    rmSync(join(root.root, NOTE));
    root.make();
    expect(root.read(OUTPUT)).toBe("two\n");
  });

  it.each([
    ["output", OUTPUT, undefined],
    ["note", NOTE, "new\n"],
  ])("survives a crash after which only the %s is new", (_what, path, note) => {
    const root = start("old\n");
    root.make();
    root.upgrade("new\n");
    root.write(path, "new\n");
    root.make();
    expect([root.read(OUTPUT), root.read(NOTE)]).toEqual([note === undefined ? "new\n" : "old\n", "new\n"]);
  });

  it("goes with the version that does not make it any more, unless it was edited", () => {
    const root = start("x\n");
    root.make();
    root.upgrade("x\n", { output: "/etc/hello/other.conf" });
    root.make("triggered");
    expect(root.read(OUTPUT)).toBe("x\n");
    root.make();
    expect([root.read(OUTPUT), root.read(NOTE), root.read("/etc/hello/other.conf")]).toEqual([
      undefined,
      undefined,
      "x\n",
    ]);
    root.write("/etc/hello/other.conf", "edited\n");
    root.upgrade("x\n");
    expect(root.make().said).toContain(
      "is not made by the package any more; it was edited by hand, so it stays",
    );
    expect(root.read("/etc/hello/other.conf")).toBe("edited\n");
  });

  it("keeps the mode that an operator gave it", () => {
    const root = start("a\n");
    root.make();
    chmodSync(join(root.root, OUTPUT), 0o604);
    const mode = root.mode(OUTPUT);
    root.upgrade("b\n");
    root.make();
    expect([root.read(OUTPUT), root.mode(OUTPUT)]).toEqual(["b\n", mode]);
  });

  it.each([
    [
      "a value with a control character",
      (root: GenerateRoot) => root.write("/var/lib/venvdeb/hello/generated/answers", "A=x\u0007"),
    ],
    [
      "a template that is gone",
      (root: GenerateRoot) => rmSync(join(root.root, "usr/share/hello/generate/main.template")),
    ],
    [
      "a link out of the other root",
      (root: GenerateRoot) => {
        rmSync(join(root.root, OUTPUT));
        symlinkSync("/etc/hostname", join(root.root, OUTPUT));
      },
    ],
    [
      "a folder in its place",
      (root: GenerateRoot) => {
        rmSync(join(root.root, OUTPUT));
        mkdirSync(join(root.root, OUTPUT));
      },
    ],
  ])("is left as it was, with a word, at %s", (_what, damage) => {
    const root = start("${A}\n", { defaults: { A: "1" } });
    root.make();
    damage(root);
    const { status, said, units } = root.make("triggered");
    expect({ status, units }).toEqual({ status: 0, units: "" });
    expect(said).toMatch(/^hello: \/etc\/hello\/hello\.conf was left as it was: [^\n]+$/);
    expect(existsSync(join(root.root, "etc/hello/.hello.conf.venvdeb-tmp"))).toBe(false);
  });

  it("waits for its owner", () => {
    const root = start("a\n", { owner: { user: "root", group: "greeter" } });
    expect(root.make().said).toContain("there is no user root or no group greeter");
    root.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    root.write("/etc/group", "greeter:x:77:\n");
    expect(root.make().said).toBe("");
    expect(root.read(OUTPUT)).toBe("a\n");
  });
});
