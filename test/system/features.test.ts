import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PackagePlan } from "../../src/plan/types.ts";
import { dpkgLife, type DpkgLife } from "../helpers/dpkg-life.ts";
import { linksOf, modeOf } from "../helpers/init-script-state.ts";
import { writeFragment, writePython } from "../helpers/life-debs.ts";
import { GENERATED_TEMPLATE, generatedSettings } from "../helpers/generated-settings.ts";
import { writeSystemDeb } from "../helpers/system-deb.ts";
import { helloPlan, service } from "../helpers/system-plans.ts";
import { snapshotTree } from "../helpers/tree-snapshot.ts";

const NAMES = ["preinst", "postinst", "prerm", "postrm"] as const;
const folder = mkdtempSync(join(tmpdir(), "venvdeb-debs-"));
let debs: { old: string; current: string; python: string; fragment: string };
/** Roots by what has been done to them. */
let ready: Record<"empty" | "installed" | "upgraded" | "removed", DpkgLife>;

beforeAll(async () => {
  debs = {
    old: await writeSystemDeb(faultyPlan("1.0.0"), folder),
    current: await writeSystemDeb(faultyPlan("2.0.0"), folder),
    python: await writePython(folder),
    fragment: await writeFragment(folder),
  };
  const empty = dpkgLife(["adduser", "debconf", "python3.11"]);
  const installed = after(empty, ["--install", debs.old]);
  ready = {
    empty,
    installed,
    upgraded: after(installed, ["--install", debs.current]),
    removed: after(installed, ["--remove", "hello"]),
  };
}, 120_000);

afterAll(() => {
  for (const life of Object.values(ready)) life.remove();
  rmSync(folder, { recursive: true, force: true });
});

type Start = keyof typeof ready;

const OPERATIONS: readonly { name: string; start: Start; args: () => string[] }[] = [
  { name: "installation", start: "empty", args: () => ["--install", debs.old] },
  { name: "upgrade", start: "installed", args: () => ["--install", debs.current] },
  { name: "downgrade", start: "upgraded", args: () => ["--install", debs.old] },
  { name: "reinstallation", start: "installed", args: () => ["--install", debs.old] },
  { name: "removal", start: "installed", args: () => ["--remove", "hello"] },
  { name: "removal and purge", start: "installed", args: () => ["--purge", "hello"] },
  { name: "purge after removal", start: "removed", args: () => ["--purge", "hello"] },
  { name: "installation over configuration files", start: "removed", args: () => ["--install", debs.old] },
  { name: "arrival of a fragment", start: "installed", args: () => ["--install", debs.fragment] },
  { name: "change of the interpreter", start: "installed", args: () => ["--install", debs.python] },
];

describe.each(OPERATIONS)("$name under real dpkg", ({ start, args }) => {
  it("ends well, and from a failure at any call it recovers to the same", () => {
    const clean = run(ready[start], args());
    expect(clean.exitCode, clean.output).toBe(0);
    const wanted = describeLife(clean.life);
    for (const fault of faultsOf(clean.life)) {
      const failed = recover(start, args(), [fault], wanted);
      // What dpkg calls to undo the step may fail as well.
      for (const second of failed.filter((call) => !faultsOf(clean.life).includes(call)))
        recover(start, args(), [fault, second], wanted);
    }
    clean.life.remove();
  }, 240_000);
});

describe("a package with every feature", () => {
  it("has its generated configuration follow fragments, which a removed package has none of", () => {
    const { life } = run(ready.installed, ["--install", debs.fragment]);
    const read = () => readFileSync(join(life.root, "etc/hello/hello.toml"), "utf8");
    expect(callsOf(life)).toEqual(["1.0.0-1 postinst triggered /etc/hello/conf.d"]);
    expect(read()).toBe(
      '# 1.0.0\n# Made for hello.\nport = 8000\nworkers = 2\ndatabase = "sqlite"\n\ncolour = green\n# The end: ${PORT} stays.\n',
    );
    expect(life.dpkg(["--remove", "hello-theme"]).exitCode).toBe(0);
    expect(existsSync(join(life.root, "etc/hello/conf.d/theme"))).toBe(true);
    expect(read()).not.toContain("green");
    expect(life.dpkg(["--install", debs.fragment]).exitCode).toBe(0);
    expect(read()).toContain("green");
    expect(life.dpkg(["--purge", "hello-theme"]).exitCode).toBe(0);
    expect(read()).not.toContain("green");
    expect(life.dpkg(["--remove", "hello"]).exitCode).toBe(0);
    expect(read()).toContain("# 1.0.0");
    life.remove();
  });

  it("keeps an init script from running while only its configuration is left", () => {
    expect(modeOf(ready.installed)).toBe(0o755);
    expect(linksOf(ready.installed)).toEqual(["S01hello-old", "K01hello-old"]);
    expect(modeOf(ready.removed)).toBe(0o644);
    expect(linksOf(ready.removed)).toEqual(["S01hello-old", "K01hello-old"]);
    const { life } = run(ready.removed, ["--install", debs.old], ["1.0.0-1.preinst.install"]);
    expect(life.state("hello")).toMatch(/^config-files ok/);
    expect(modeOf(life)).toBe(0o644);
    expect(life.dpkg(["--install", debs.old]).exitCode).toBe(0);
    expect(modeOf(life)).toBe(0o755);
    expect(life.dpkg(["--purge", "hello"]).exitCode).toBe(0);
    expect(linksOf(life)).toEqual([]);
    life.remove();
  });
});

/** A plan whose own scripts write down each call and fail where they are told to. */
function faultyPlan(version: string): PackagePlan {
  const scripts = Object.fromEntries(
    NAMES.map((name) => [
      name,
      `#!/bin/sh
echo "${version}-1 ${name} $*" >>"$DPKG_ROOT/calls"
case "$FAULTS" in
*" ${version}-1.${name}.$1 "*) exit 1 ;;
esac
`,
    ]),
  );
  return helloPlan(
    {
      version,
      user: { groups: ["ssl-cert"] },
      services: {
        hello: service({ stateDirectory: "hello", logsDirectory: "hello", cacheDirectory: "hello/web" }),
        "hello-old": service({ init: ["sysv"], onUpgrade: "stop", onStartFailure: "fail" }),
        "hello-many": service({ instances: ["a"], health: HEALTH }),
      },
      links: { "/usr/bin/hello": "bin/hello" },
      generates: generatedSettings,
    },
    { scripts, templates: { main: `# ${version}\n${GENERATED_TEMPLATE}`, proxy: "listen ${PORT};\n" } },
  );
}

const HEALTH = { kind: "http", url: "http://127.0.0.1:9/", timeout: 1 } as const;

function after(life: DpkgLife, args: readonly string[]): DpkgLife {
  const result = run(life, args);
  if (result.exitCode !== 0) throw new Error(result.output);
  return result.life;
}

/** Runs an operation into failures, then as an administrator would set it right; the calls until it failed. */
function recover(
  start: Start,
  args: readonly string[],
  faults: readonly string[],
  wanted: readonly string[],
): string[] {
  const { life, output } = run(ready[start], args, faults);
  const calls = faultsOf(life);
  const story = `${faults.join(", ")}\n${output}`;
  expect(life.state("hello"), story).not.toMatch(/reinst/);
  const configured = life.dpkg(["--configure", "-a"]);
  expect(configured.exitCode, `${story}${configured.output}`).toBe(0);
  const again = life.dpkg(args);
  expect(again.exitCode, `${story}${again.output}`).toBe(0);
  expect(describeLife(life), story).toEqual(wanted);
  life.remove();
  return calls;
}

/** Runs dpkg on a copy, with an empty record of calls. */
function run(start: DpkgLife, args: readonly string[], faults: readonly string[] = []) {
  const life = start.copy();
  rmSync(join(life.root, "calls"), { force: true });
  return { life, ...life.dpkg(args, faults) };
}

function callsOf({ root }: DpkgLife): string[] {
  const path = join(root, "calls");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}

/** One for each call. */
function faultsOf(life: DpkgLife): string[] {
  return [...new Set(callsOf(life).map((call) => call.split(" ").slice(0, 3).join(".")))];
}

/** The package's state and every file but the records of dpkg and of the calls. */
function describeLife(life: DpkgLife): readonly string[] {
  const files = [...snapshotTree(life.root).entries()]
    .filter(
      ([path]) => path !== "/calls" && !path.startsWith("/etc/passwd") && !path.startsWith("/etc/group"),
    )
    .map(([path, what]) => `${path} ${what}`);
  return [life.state("hello"), ...files];
}
