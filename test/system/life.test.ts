import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attemptSync, callsOf, readyRoots, type ReadyRoots } from "../helpers/faulty-life.ts";
import { writeFaultyPackages, type FaultyPackages } from "../helpers/faulty-packages.ts";
import { linksOf, modeOf } from "../helpers/init-script-state.ts";
import { snapshotTree } from "../helpers/tree-snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "venvdeb-debs-"));
let debs: FaultyPackages;
let ready: ReadyRoots;

beforeAll(async () => {
  debs = await writeFaultyPackages(folder);
  ready = readyRoots(debs);
}, 120_000);

afterAll(() => {
  for (const life of Object.values(ready)) life.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("a package of renderSystem", () => {
  it("passes the arguments of dpkg on to the package's own scripts, the versions to its hook of upgrades", () => {
    const { life } = attemptSync(ready.installed, ["--install", debs.current]);
    expect(callsOf(life)).toEqual([
      "1.0.0-1 prerm upgrade|2.0.0-1",
      "2.0.0-1 preinst upgrade|1.0.0-1|2.0.0-1",
      "1.0.0-1 postrm upgrade|2.0.0-1",
      "2.0.0-1 postinst configure|1.0.0-1",
      "2.0.0-1 migrate from|1.0.0-1|2.0.0-1",
    ]);
    life.remove();
  });

  it("fires its trigger once when the interpreter is installed", () => {
    const { life } = attemptSync(ready.installed, ["--install", debs.python]);
    expect(callsOf(life)).toEqual(["1.0.0-1 postinst triggered|/usr/bin/python3.11"]);
    expect(life.state("hello")).toBe("installed ok 1.0.0-1");
    life.remove();
  });

  it("makes its user and group, enables its service, and leaves both at the second installation", () => {
    const read = (path: string) => readFileSync(join(ready.installed.root, path), "utf8");
    expect(read("etc/passwd")).toMatch(/^hello:[x!]:\d+:\d+::\/nonexistent:\/usr\/sbin\/nologin$/m);
    expect(read("etc/group")).toMatch(/^hello:[x!]:\d+:$/m);
    expect(read("etc/group")).toMatch(/^ssl-cert:x:110:hello$/m);
    expect(existsSync(join(ready.upgraded.root, "etc/systemd/system/multi-user.target.wants"))).toBe(true);
    expect(readFileSync(join(ready.upgraded.root, "etc/passwd"), "utf8")).toBe(read("etc/passwd"));
  });

  it.each([
    ["upgrade", () => ["--install", debs.current]],
    ["removal", () => ["--remove", "hello"]],
  ] as const)("takes foreign bytecode away at an %s and nothing else", (_name, args) => {
    const life = ready.installed.copy();
    const packages = join(life.root, "opt/hello/lib/python3.11/site-packages");
    const foreign = [
      join(packages, "__pycache__/hello.cpython-313.pyc"),
      join(packages, "other/__pycache__/a b 'c' $(x).cpython-311.pyc"),
    ];
    const kept = [
      join(life.root, "opt/other/__pycache__/x.pyc"),
      join(life.root, "victim"),
      join(packages, "data.db"),
      join(packages, "__pycache__/x\n/victim\n.pyc"),
    ];
    for (const path of [...foreign, ...kept]) {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, "");
    }
    expect(life.dpkg(args()).exitCode).toBe(0);
    expect(foreign.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
    life.remove();
  });

  it("leaves nothing behind after a purge but what the machine keeps of it", () => {
    const life = ready.upgraded.copy();
    for (const path of ["var/lib/hello/state.db", "var/log/hello/log", "var/cache/hello/web/x"]) {
      mkdirSync(join(life.root, path, ".."), { recursive: true });
      writeFileSync(join(life.root, path), "data");
    }
    mkdirSync(join(life.root, "opt/hello/left/empty"), { recursive: true });
    expect(life.dpkg(["--purge", "hello"]).exitCode).toBe(0);
    const left = [...snapshotTree(life.root).entries()]
      .filter(
        ([path, kind]) =>
          !kind.startsWith("directory") && !/^\/(?:etc\/(?:passwd|group)-?|calls)$/.test(path),
      )
      .map(([path]) => path);
    expect(left).toEqual([]);
    expect(existsSync(join(life.root, "opt"))).toBe(false);
    for (const parent of ["lib", "log", "cache"])
      expect(readdirSync(join(life.root, "var", parent))).not.toContain("hello");
    life.remove();
  });

  it("keeps data that another package owns", () => {
    const life = ready.removed.copy();
    mkdirSync(join(life.root, "var/lib/hello"), { recursive: true });
    writeFileSync(join(life.root, "var/lib/hello/shared"), "");
    writeFileSync(join(life.root, "var/lib/dpkg/info/adduser.list"), "/.\n/var/lib/hello\n");
    expect(life.dpkg(["--purge", "hello"]).exitCode).toBe(0);
    expect(existsSync(join(life.root, "var/lib/hello/shared"))).toBe(true);
    life.remove();
  });
});

describe("a package with every feature", () => {
  it("has its generated configuration follow fragments, which a removed package has none of", () => {
    const { life } = attemptSync(ready.installed, ["--install", debs.fragment]);
    const read = () => readFileSync(join(life.root, "etc/hello/hello.toml"), "utf8");
    expect(callsOf(life)).toEqual(["1.0.0-1 postinst triggered|/etc/hello/conf.d"]);
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
    const { life } = attemptSync(ready.removed, ["--install", debs.old], ["1.0.0-1.preinst.install"]);
    expect(life.state("hello")).toMatch(/^config-files ok/);
    expect(modeOf(life)).toBe(0o644);
    expect(life.dpkg(["--install", debs.old]).exitCode).toBe(0);
    expect(modeOf(life)).toBe(0o755);
    expect(life.dpkg(["--purge", "hello"]).exitCode).toBe(0);
    expect(linksOf(life)).toEqual([]);
    life.remove();
  });
});
