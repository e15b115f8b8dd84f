import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseStanzas } from "../../src/deb/stanza.ts";
import type { ControlFile } from "../../src/deb/types.ts";
import { VenvdebError } from "../../src/errors.ts";
import type { PackagePlan } from "../../src/plan/types.ts";
import type { GeneratedFilePlan } from "../../src/plan/system-types.ts";
import { renderSystem } from "../../src/system/system.ts";
import { dpkgLife } from "../helpers/dpkg-life.ts";
import { SYSTEM_PLANS } from "../helpers/system-plans.ts";

const PLAN = planOf("generated");

describe("config", () => {
  it("is there only when something is asked", () => {
    const names = controlFilesOf(planOf("full")).map(({ name }) => name);
    expect(names).not.toContain("config");
    expect(names).not.toContain("templates");
  });

  it("is sound shell that asks each question of templates", () => {
    const files = controlFilesOf(PLAN);
    const input = textOf(files, "config");
    const { status, stdout } = spawnSync("shellcheck", ["--shell=sh", "-"], { input, encoding: "utf8" });
    expect(status, stdout).toBe(0);
    const asked = [...input.matchAll(/^db_input '\w+' '([^']+)'/gm)].map(([, name]) => name);
    expect(asked).toEqual(parseStanzas(textOf(files, "templates")).map((stanza) => stanza.get("Template")));
  });
});

describe("hostile values", () => {
  const fields: Readonly<Record<string, (value: string) => Partial<GeneratedFilePlan>>> = {
    "an output": (value) => ({ output: `/etc/${value}` }),
    "a folder of fragments": (value) => ({ from: [`/etc/${value}`] }),
    "a unit to reload": (value) => ({ reload: value }),
    "an owner": (value) => ({ owner: { user: value, group: value } }),
    "an id": (value) => ({ id: value }),
    "a default": (value) => ({ defaults: { A: value } }),
    "a question's key": (value) => question({ key: value }),
    "a question's name": (value) => question({ name: value }),
    "a question's text": (value) => question({ description: value, help: value, default: value }),
    "a question's choices": (value) => question({ type: "select", choices: [value, value] }),
  };
  const attacks = [
    "$(touch canary)",
    "`touch canary`",
    "'; touch canary; '",
    '"; touch canary; "',
    "x\ntouch canary\n",
    "x) touch canary;;",
    "a b;touch canary",
    "../../canary",
    "x\n\nTemplate: evil/x\nType: string",
    "*",
  ];

  it.each(Object.keys(fields))("in %s are data or refused", (field) => {
    const life = dpkgLife();
    for (const value of attacks) {
      const files = tryControlFiles({ ...one(), ...fields[field]?.(value) });
      for (const name of files.filter(({ mode }) => mode === 0o755).map((file) => file.name))
        expect(spawnSync("dash", ["-n"], { input: textOf(files, name) }).status, `${name}: ${value}`).toBe(0);
      for (const call of ["postinst configure", "postrm purge"]) runAt(life.root, files, call.split(" "));
      expect(existsSync(join(life.root, "canary")), value).toBe(false);
      const triggers = textOf(files, "triggers").trimEnd().split("\n");
      expect(triggers.filter((line) => !/^(?:interest-noawait \/\S+)?$/.test(line))).toEqual([]);
      const questions = parseStanzas(textOf(files, "templates"));
      expect(questions.some((stanza) => stanza.get("Template") === "evil/x")).toBe(false);
    }
    life.remove();
  });
});

function planOf(name: string): PackagePlan {
  const plan = SYSTEM_PLANS[name];
  if (plan === undefined) throw new Error(`no plan ${name}`);
  return plan;
}

function one(): GeneratedFilePlan {
  const [file] = PLAN.generated;
  if (file === undefined) throw new Error("no generated file");
  return file;
}

function question(
  changes: Partial<GeneratedFilePlan["questions"][number]>,
): Pick<GeneratedFilePlan, "questions"> {
  return {
    questions: one()
      .questions.map((asked) => Object.assign({}, asked, changes))
      .slice(0, 1),
  };
}

function controlFilesOf(plan: PackagePlan): readonly ControlFile[] {
  return renderSystem(plan, { libraries: [] }).controlFiles;
}

/** None when the value is refused. */
function tryControlFiles(file: GeneratedFilePlan): readonly ControlFile[] {
  try {
    return controlFilesOf({ ...PLAN, users: [], services: [], generated: [file] });
  } catch (error) {
    if (error instanceof VenvdebError) return [];
    throw error;
  }
}

function textOf(files: readonly ControlFile[], name: string): string {
  return String(files.find((file) => file.name === name)?.content ?? "");
}

function runAt(root: string, files: readonly ControlFile[], [name = "", ...args]: readonly string[]): void {
  const script = join(root, name);
  writeFileSync(script, textOf(files, name));
  const env = { ...process.env, DPKG_ROOT: root, DPKG_ADMINDIR: join(root, "var/lib/dpkg") };
  spawnSync("dash", [script, ...args], { cwd: root, env });
}
