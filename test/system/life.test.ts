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
import { dpkgLife, type DpkgLife } from "../helpers/dpkg-life.ts";
import { writeFaultyPackages, type FaultyPackages } from "../helpers/faulty-packages.ts";
import { snapshotTree } from "../helpers/tree-snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "venvdeb-debs-"));
let debs: FaultyPackages;
/** Roots by what has been done to them. */
let ready: Record<"empty" | "installed" | "upgraded" | "removed", DpkgLife>;

beforeAll(async () => {
  debs = await writeFaultyPackages(folder);
  const empty = dpkgLife(["adduser", "dpkg", "python3.11"]);
  const installed = after(empty, ["--install", debs.old]);
  ready = {
    empty,
    installed,
    upgraded: after(installed, ["--install", debs.current]),
    removed: after(installed, ["--remove", "hello"]),
  };
});

afterAll(() => {
  for (const life of Object.values(ready)) life.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("a package of renderSystem", () => {
  it("passes the arguments of dpkg on to the package's own scripts", () => {
    const { life } = run(ready.installed, ["--install", debs.current]);
    expect(callsOf(life)).toEqual([
      "1.0.0-1 prerm upgrade|2.0.0-1",
      "2.0.0-1 preinst upgrade|1.0.0-1|2.0.0-1",
      "1.0.0-1 postrm upgrade|2.0.0-1",
      "2.0.0-1 postinst configure|1.0.0-1",
    ]);
    life.remove();
  });

  it("fires its trigger once when the interpreter is installed", () => {
    const { life } = run(ready.installed, ["--install", debs.python]);
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

function after(life: DpkgLife, args: readonly string[]): DpkgLife {
  const result = run(life, args);
  if (result.exitCode !== 0) throw new Error(result.output);
  return result.life;
}

/** Runs dpkg on a copy, with an empty record of calls. */
function run(start: DpkgLife, args: readonly string[]) {
  const life = start.copy();
  rmSync(join(life.root, "calls"), { force: true });
  return { life, ...life.dpkg(args) };
}

function callsOf({ root }: DpkgLife): string[] {
  const path = join(root, "calls");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}
