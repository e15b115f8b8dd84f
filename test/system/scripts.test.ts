import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VenvdebError } from "../../src/errors.ts";
import type { PackagePlan } from "../../src/plan/types.ts";
import type { MaintainerScriptName, ServicePlan } from "../../src/plan/system-types.ts";
import { checkMaintainerScripts } from "../../src/system/check-scripts.ts";
import { renderSystem } from "../../src/system/system.ts";
import { dpkgLife } from "../helpers/dpkg-life.ts";
import { expectSoundShell } from "../helpers/sound-shell.ts";
import { helloPlan, LIBRARIES, service, SYSTEM_PLANS } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

/** All forms of call (deb-preinst(5) and its kin), and one that dpkg may learn. */
const FORMS: Readonly<Record<MaintainerScriptName, readonly string[]>> = {
  preinst: ["install", "install 1 2", "upgrade 1 2", "abort-upgrade 2", "future"],
  postinst: [
    "configure",
    "configure 1",
    "abort-upgrade 2",
    "abort-remove",
    "abort-remove in-favour p 1",

    "abort-deconfigure in-favour p 1",
    "abort-deconfigure in-favour p 1 removing q 1",
    "triggered /a /b",
    "future",
  ],
  prerm: [
    "remove",
    "remove in-favour p 1",
    "upgrade 2",
    "failed-upgrade 1 2",
    "deconfigure in-favour p 1",
    "deconfigure in-favour p 1 removing q 1",
    "future",
  ],
  postrm: [
    "remove",
    "purge",
    "upgrade 2",
    "failed-upgrade 1 2",
    "disappear p 1",
    "abort-install",
    "abort-install 1 2",
    "abort-upgrade 1 2",
    "future",
  ],
};

describe.each(Object.entries(SYSTEM_PLANS))("the maintainer scripts of the package %s", (_name, plan) => {
  const scripts = scriptsOf(plan);

  it.each([...scripts])("%s is sound shell", (_script, text) => expectSoundShell(text));

  it.each([...scripts])("%s ends well for every form of call, also twice", (script, text) => {
    const life = dpkgLife();
    for (const form of FORMS[script])
      for (const time of ["first", "second"]) {
        const { status, output } = runScript(life.root, text, form.split(" "));
        expect(status, `${script} ${form}, ${time} time: ${output}`).toBe(0);
      }
    life.remove();
  });
});

describe("the user's own script", () => {
  const fail = helloPlan(
    {},
    { scripts: { postinst: "exit 7", prerm: "exit 7", postrm: "exit 7", preinst: "exit 7" } },
  );

  it.each([
    ["preinst", "install", 7],
    ["preinst", "abort-upgrade 2", 0],
    ["postinst", "configure", 7],
    ["postinst", "abort-remove", 0],
    ["postinst", "triggered /a", 0],
    ["prerm", "remove", 7],
    ["prerm", "failed-upgrade 1 2", 0],
    ["postrm", "purge", 7],
    ["postrm", "abort-install", 0],
    ["postrm", "disappear p 1", 0],
  ] as const)("that fails makes %s %s end with %i", (name, form, status) => {
    const life = dpkgLife();
    expect(runScript(life.root, scriptsOf(fail).get(name) ?? "", form.split(" ")).status).toBe(status);
    life.remove();
  });

  it("gets all arguments, ends at its first error, and keeps its exit and variables to itself", () => {
    const own = 'set_by_me=yes\nprintf "[%s]" "$@"\nfalse\nprintf never\n';
    const text = `${scriptsOf(helloPlan({}, { scripts: { postinst: own } })).get("postinst")}\necho "after:$set_by_me"\n`;
    const life = dpkgLife();
    expect(runScript(life.root, text, ["configure", "1 2", ""])).toMatchObject({
      status: 1,
      output: "[configure][1 2][]",
    });
    expect(runScript(life.root, text, ["abort-upgrade", "2"]).output).toContain("after:\n");
    life.remove();
  });

  it.each([
    "#!/bin/sh\nexit 0",
    "#! /bin/sh -e\n",
    "#!/usr/bin/env sh\n",
    "#!/bin/dash\n",
    "# only a comment",
    "\r\necho dos\r\n",
    "exit 0",
  ])("may be %j", async (text) => {
    const plan = helloPlan({}, { scripts: { postinst: text } });
    const system = renderSystem(plan, { libraries: [] });
    await checkMaintainerScripts(plan, system);
    const life = dpkgLife();
    expect(runScript(life.root, scriptsOf(plan).get("postinst") ?? "", ["configure"]).status).toBe(0);
    life.remove();
  });

  it.each(["#!/bin/bash\n", "#!/usr/bin/env python3\n", "#!/usr/bin/perl -w\n", "echo \0"])(
    "may not be %j",
    async (text) => {
      const plan = helloPlan({}, { scripts: { prerm: text } });
      const error = await thrown(() => renderSystem(plan, { libraries: [] }));
      expect(error).toMatchObject({ code: "SYSTEM_SCRIPT_SHELL", exitCode: 2 });
    },
  );

  it.each(["if true; then", "echo 'open", "cat <<EOF\nopen", "}", "} ; echo broken out; x() {", "echo \\"])(
    "is refused when the shell does not read it: %j",
    async (text) => {
      const plan = helloPlan({}, { scripts: { postinst: text } });
      const run = async () => checkMaintainerScripts(plan, renderSystem(plan, { libraries: [] }));
      expect((await thrown(run)).code).toBe("SYSTEM_SCRIPT_SYNTAX");
    },
  );
});

describe("hostile values", () => {
  const fields: Readonly<Record<string, (value: string) => PackagePlan>> = {
    "the name of the package": (value) => ({ ...WEB, package: { ...WEB.package, name: value } }),
    "its version": (value) => ({ ...WEB, package: { ...WEB.package, version: `1${value}-1` } }),
    "the folder of the environment": (value) => ({
      ...WEB,
      environmentPath: `/opt/${value}`,
      stablePath: `/opt/${value}`,
    }),
    "a user": (value) => ({
      ...WEB,
      users: [{ name: value, group: value, groups: [value], home: "/nonexistent" }],
    }),
    "a home": (value) => ({
      ...WEB,
      users: [{ name: "hello", group: "hello", groups: [], home: `/${value}` }],
    }),
    "a group": (value) => ({
      ...WEB,
      users: [{ name: "hello", group: "hello", groups: [value], home: "/x" }],
    }),
    "the name of a unit": (value) => withService({ unit: value }),
    "a description": (value) => withService({ description: value }),
    "a program": (value) => withService({ command: [value] }),
    "an argument": (value) => withService({ command: ["/bin/true", value] }),
    "the name of a variable": (value) => withService({ environment: { [value]: "x" } }),
    "a variable": (value) => withService({ environment: { X: value } }),
    "an environment file": (value) => withService({ environmentFile: `/etc/${value}` }),
    "a working directory": (value) => withService({ workingDirectory: `/${value}` }),
    "a state directory": (value) => withService({ stateDirectory: value }),
    "a cache directory": (value) => withService({ cacheDirectory: value }),
    "a link": (value) => ({ ...WEB, links: [{ path: `/usr/bin/${value}`, target: `/opt/${value}` }] }),
    "the interpreter": (value) => ({
      ...WEB,
      target: { ...WEB.target, python: { ...WEB.target.python, path: `/${value}` } },
    }),
  };
  const attack = fc.constantFrom(
    "$(touch canary)",
    "`touch canary`",
    "'; touch canary; '",
    '"; touch canary; "',
    "\ntouch canary\n",
    "x\n\ttouch canary #",

    "$(touch${IFS}canary)",
    "a b;touch canary",
    "../../canary",
    "\\'; touch canary #",
    "| touch canary",
    "& touch canary &",
    "%n %h %i",
    "-e touch canary",
    "{{ x }}{% y %}",
    "*",
    "x\r\ntouch canary",
    "é\u2028touch canary",
  );

  it.each(Object.keys(fields))("in %s are data or refused", (field) => {
    const life = dpkgLife();
    fc.assert(
      fc.property(attack, (value) => {
        const plan = fields[field]?.(value);
        if (plan === undefined) throw new Error(`no field ${field}`);
        const scripts = tryScriptsOf(plan);
        for (const [name, text] of scripts) {
          expect(spawnSync("dash", ["-n"], { input: text }).status, text).toBe(0);
          for (const form of ["configure", "triggered /a", "remove", "purge", "upgrade 2"])
            if (name === "postinst" || !form.startsWith("configure"))
              runScript(life.root, text, form.split(" "));
        }
        expect(existsSync(join(life.root, "canary")), value).toBe(false);
        expect(existsSync("/canary"), value).toBe(false);
      }),
      { numRuns: 6, endOnFailure: true },
    );
    life.remove();
  });

  it("in a library's path make no second trigger", () => {
    const facts = { libraries: ["/usr/lib/a b.so", "/usr/lib/c.so"] };
    const triggers = renderSystem(WEB, facts).controlFiles.find(({ name }) => name === "triggers");
    expect(String(triggers?.content)).toBe(
      "interest-noawait /usr/bin/python3.11\ninterest-noawait /usr/lib/c.so\ninterest-noawait /lib/c.so\n",
    );
  });
});

const WEB = helloPlan({ services: { hello: service() } });

function withService(changes: Partial<ServicePlan>): PackagePlan {
  const [one] = WEB.services;
  if (one === undefined) throw new Error("no service");
  return { ...WEB, services: [{ ...one, ...changes }] };
}

function scriptsOf(plan: PackagePlan): Map<MaintainerScriptName, string> {
  const { controlFiles } = renderSystem(plan, { libraries: LIBRARIES });
  const names: MaintainerScriptName[] = ["preinst", "postinst", "prerm", "postrm"];
  return new Map(
    names.flatMap((name) => {
      const file = controlFiles.find((one) => one.name === name);
      return file === undefined ? [] : [[name, String(file.content)] as const];
    }),
  );
}

/** None when the value is refused. */
function tryScriptsOf(plan: PackagePlan): Map<MaintainerScriptName, string> {
  try {
    return scriptsOf(plan);
  } catch (error) {
    if (error instanceof VenvdebError) return new Map();
    throw error;
  }
}

/** Runs a script as dpkg does for another root, with that root as its folder. */
function runScript(
  root: string,
  text: string,
  args: readonly string[],
): { status: number | null; output: string } {
  const folder = join(root, "var/lib/dpkg");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "script");
  writeFileSync(path, text);
  const { status, stdout, stderr } = spawnSync("dash", [path, ...args], {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      LC_ALL: "C.UTF-8",
      DPKG_ROOT: root,
      DPKG_ADMINDIR: folder,
      DPKG_MAINTSCRIPT_PACKAGE: "hello",
    },
  });
  return { status, output: `${stdout}${stderr}` };
}
