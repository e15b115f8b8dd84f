import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DpkgLife } from "../helpers/dpkg-life.ts";
import {
  attempt,
  callsOf,
  describeLife,
  faultsOf,
  fingerprint,
  readyRoots,
  stateOf,
  type Attempt,
  type ReadyRoots,
  type Start,
} from "../helpers/faulty-life.ts";
import { writeFaultyPackages, type FaultyPackages } from "../helpers/faulty-packages.ts";

/** Every form of call (deb-preinst(5) and its kin), versions as V, packages as P, triggers as T. */
const FORMS = [
  "preinst install",
  "preinst install V V",
  "preinst upgrade V V",
  "preinst abort-upgrade V",
  "postinst configure ",
  "postinst configure V",
  "postinst abort-upgrade V",
  "postinst abort-remove",
  "postinst abort-remove in-favour P V",
  "postinst abort-deconfigure in-favour P V",
  "postinst abort-deconfigure in-favour P V removing P V",
  "postinst triggered T",
  "prerm remove",
  "prerm remove in-favour P V",
  "prerm upgrade V",
  "prerm failed-upgrade V V",
  "prerm deconfigure in-favour P V",
  "prerm deconfigure in-favour P V removing P V",
  "postrm remove",
  "postrm purge",
  "postrm upgrade V",
  "postrm failed-upgrade V V",
  "postrm disappear P V",
  "postrm abort-install",
  "postrm abort-install V V",
  "postrm abort-upgrade V V",
];

interface Operation {
  readonly name: string;
  readonly start: Start;
  readonly args: (debs: FaultyPackages) => readonly string[];
  /** First calls to fail, where the others are those of another operation. */
  readonly about?: RegExp;
}

const MAKING_WAY = /deconfigure|\.preinst\.install$/;

const install =
  (...names: readonly (keyof FaultyPackages)[]) =>
  (debs: FaultyPackages) => ["--auto-deconfigure", "--install", ...names.map((name) => debs[name])];

const OPERATIONS: readonly Operation[] = [
  { name: "installation", start: "empty", args: install("old") },
  { name: "installation over configuration files", start: "removed", args: install("old") },
  {
    name: "installation of a newer one over configuration files",
    start: "removed",
    args: install("current"),
  },
  { name: "upgrade", start: "installed", args: install("current") },
  { name: "downgrade", start: "upgraded", args: install("old") },
  { name: "reinstallation", start: "upgraded", args: install("current") },
  { name: "removal", start: "installed", args: () => ["--remove", "hello"] },
  { name: "removal and purge", start: "upgraded", args: () => ["--purge", "hello"] },
  { name: "purge after removal", start: "removed", args: () => ["--purge", "hello"] },
  { name: "deconfiguration", start: "installed", args: install("breaker", "current"), about: MAKING_WAY },
  {
    name: "deconfiguration with the removal of a dependency",
    start: "installed",
    args: install("rival", "nextPython"),
  },
  { name: "removal in favour of another", start: "installed", args: install("successor") },
  { name: "disappearance", start: "installed", args: install("swallower") },
  { name: "change of the interpreter", start: "installed", args: install("python") },
  { name: "trigger that another waits for", start: "installed", args: install("theme") },
  { name: "arrival of a fragment", start: "installed", args: install("fragment") },
  { name: "all triggers at once", start: "upgraded", args: install("python", "theme", "fragment") },
  { name: "upgrade to a package that fails to undo", start: "installed", args: install("foreign") },
];

const folder = mkdtempSync(join(tmpdir(), "venvdeb-debs-"));
let debs: FaultyPackages;
let ready: ReadyRoots;
const reached = new Set<string>();
let attempts = 0;

beforeAll(async () => {
  debs = await writeFaultyPackages(folder);
  ready = readyRoots(debs);
}, 120_000);

afterAll(() => {
  for (const life of Object.values(ready)) life.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("a package with every feature under real dpkg", () => {
  it.concurrent.each(OPERATIONS)(
    "$name ends well; with each call and each pair of calls failing, in no state that these do not explain",
    async ({ start, args, about }) => {
      const clean = await walk(start, args(debs));
      expect(clean.exitCode, clean.output).toBe(0);
      const wanted: Wanted = {
        start,
        args: args(debs),
        before: stateOf(ready[start]),
        clean: stateOf(clean.life),
        ends: describeLife(clean.life),
        recovered: new Set(),
      };
      for (const fault of faultsOf(clean.life)) {
        if (!isOurs(fault) && !fault.endsWith(".preinst.install")) continue;
        if (about?.test(fault) === false) continue;
        const calls = await recover(wanted, [fault]);
        // Those after the first, the calls of the undoing among them.
        const later = calls.slice(calls.indexOf(fault) + 1).filter(isOurs);
        for (const second of later) await recover(wanted, [fault, second]);
      }
      clean.life.remove();
    },
    600_000,
  );
});

describe("the state machine of dpkg", () => {
  it("was walked through in every form of call", () => {
    expect([...reached].toSorted()).toEqual(FORMS.toSorted());
    expect(attempts).toBeGreaterThan(100);
  });
});

interface Wanted {
  readonly start: Start;
  readonly args: readonly string[];
  /** States of hello: before the operation, and after one that nothing failed in. */
  readonly before: string;
  readonly clean: string;
  /** All that is on the machine after one that nothing failed in. */
  readonly ends: readonly string[];
  /** Fingerprints of failed attempts that were recovered from: the same steps from there would give the same again. */
  readonly recovered: Set<string>;
}

/** Fails an operation, then does what an administrator would; gives the calls of the failed attempt. */
async function recover(wanted: Wanted, faults: readonly string[]): Promise<string[]> {
  const { life, output } = await walk(wanted.start, wanted.args, faults);
  const calls = faultsOf(life);
  const story = `${faults.join(", ")}\n${output}`;
  const state = stateOf(life);
  attempts++;
  expect(state, story).not.toMatch(/reinst/);
  expect([wanted.clean, ...faults.map((fault) => explain(fault, wanted.before))], story).toContain(state);
  const key = fingerprint(life);
  if (!wanted.recovered.has(key)) await setRight(life, wanted, story);
  wanted.recovered.add(key);
  life.remove();
  return calls;
}

async function setRight(life: DpkgLife, wanted: Wanted, story: string): Promise<void> {
  const configured = await life.run(["--configure", "-a"]);
  expect(configured.exitCode, `${story}${configured.output}`).toBe(0);
  const again = await life.run(wanted.args);
  expect(again.exitCode, `${story}${again.output}`).toBe(0);
  expect(describeLife(life), story).toEqual(wanted.ends);
}

/** The state that dpkg leaves where one call has failed and all undoing went well; else that of before. */
function explain(fault: string, before: string): string {
  const [, version = "", call = ""] = /^(.*)\.(\w+\.[\w-]+)$/.exec(fault) ?? [];
  const states: Readonly<Record<string, string>> = {
    "postinst.configure": `half-configured ok ${version}`,
    "migrate.from": `half-configured ok ${version}`,
    "postrm.remove": `half-installed ok ${version}`,
    "postrm.purge": `config-files ok ${version}`,
  };
  return states[call] ?? before;
}

/** Keeps in mind which forms of call were reached. */
async function walk(start: Start, args: readonly string[], faults: readonly string[] = []): Promise<Attempt> {
  const result = await attempt(ready[start], args, faults);
  for (const call of callsOf(result.life)) if (!/^\S+ migrate /.test(call)) reached.add(formOf(call));
  return result;
}

/** `preinst upgrade V V` of `1.0-1 preinst upgrade|1.0-1|2.0-1`. */
function formOf(call: string): string {
  const [, script = "", words = ""] = /^\S+ (\w+) (.*)$/.exec(call) ?? [];
  const [verb = "", ...args] = words.split("|");
  if (verb === "triggered") return `${script} triggered T`;
  const kinds = args.map((arg) => {
    if (arg === "" || arg === "in-favour" || arg === "removing") return arg;
    return /^\d/.test(arg) ? "V" : "P";
  });
  return [script, verb, ...kinds].join(" ");
}

/** Of the others, the first call alone matters: it stops them when our package has made way. */
function isOurs(fault: string): boolean {
  return /^\d+\.0\.0-1\./.test(fault);
}
