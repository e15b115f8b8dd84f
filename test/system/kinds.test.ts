import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PackageEntry } from "../../src/deb/entry.ts";
import { dataEntry, linkEntry } from "../helpers/deb-contents.ts";
import { dpkgLife, type DpkgLife } from "../helpers/dpkg-life.ts";
import { thrown } from "../helpers/thrown.ts";
import { writeChain } from "../helpers/version-chain.ts";

const PLACE = "opt/hello/place";
const CONFIG = "etc/hello/place";
/** Not the package's; what it holds must not change. */
const FOREIGN = "srv/foreign";
const FOREIGN_FILE = `${FOREIGN}/data`;

interface Kind {
  readonly entries: readonly PackageEntry[];
  readonly isThere: (root: string) => boolean;
}

const at = (path: string, check: (place: string) => boolean) => (root: string) =>
  existsSync(join(root, path, "..")) && check(join(root, path));
const isLinkTo = (target: string) => (place: string) =>
  lstatSync(place).isSymbolicLink() && readlinkSync(place) === target;
const isFileOf = (text: string) => (place: string) =>
  lstatSync(place).isFile() && readFileSync(place, "utf8") === text;
const isFolderWith = (name: string) => (place: string) =>
  lstatSync(place).isDirectory() && lstatSync(join(place, name)).isFile();

/** What one version may have at the place. */
const KINDS: Readonly<Record<string, Kind>> = {
  file: { entries: [dataEntry(PLACE, "file\n")], isThere: at(PLACE, isFileOf("file\n")) },
  directory: { entries: [dataEntry(`${PLACE}/data`, "ours\n")], isThere: at(PLACE, isFolderWith("data")) },
  "symlink to a directory of the package": {
    entries: [linkEntry(PLACE, "real"), dataEntry("opt/hello/real/data", "real\n")],
    isThere: at(PLACE, isLinkTo("real")),
  },
  "symlink to a foreign directory": {
    entries: [linkEntry(PLACE, `/${FOREIGN}`)],
    isThere: at(PLACE, isLinkTo(`/${FOREIGN}`)),
  },
  conffile: { entries: [dataEntry(CONFIG, "conf\n")], isThere: at(CONFIG, isFileOf("conf\n")) },
  "directory of conffiles": {
    entries: [dataEntry(`${CONFIG}/data`, "conf\n")],
    isThere: at(CONFIG, isFolderWith("data")),
  },
  "symlink in place of a conffile": {
    entries: [linkEntry(CONFIG, `/${FOREIGN_FILE}`)],
    isThere: at(CONFIG, isLinkTo(`/${FOREIGN_FILE}`)),
  },
};

const inOpt = Object.keys(KINDS).slice(0, 4);
const inEtc = Object.keys(KINDS).slice(4);
const PAIRS = [inOpt, inEtc].flatMap((kinds) =>
  kinds.flatMap((old) => kinds.filter((kind) => kind !== old).map((kind) => ({ old, kind }))),
);

const REFUSED: Readonly<Record<string, string>> = {
  "file > directory": "PLAN_KIND_CHANGE",
  "directory > file": "PLAN_KIND_CHANGE",
  "conffile > directory of conffiles": "PLAN_KIND_CHANGE",
  "directory of conffiles > conffile": "PLAN_KIND_CHANGE",
  "directory of conffiles > symlink in place of a conffile": "PLAN_FOLDER_WITH_CONFFILES",
};

describe.each(PAIRS)("a $old that becomes a $kind", ({ old, kind }) => {
  const [before, after] = [KINDS[old], KINDS[kind]];
  if (before === undefined || after === undefined) throw new Error("no such kind");
  const refusal = REFUSED[`${old} > ${kind}`];

  if (refusal !== undefined) {
    it("is refused when the package is built", async () => {
      expect(await thrown(() => writeChain([before, after]))).toMatchObject({
        code: refusal,
        message: expect.stringMatching(/".*place".* was a \w+ .*(?:is a \w+|symlink)|symlink.* was a \w+/),
        hint: expect.stringMatching(/\w/),
      });
    });
    return;
  }

  it("is one after the upgrade, and after a failed one what it was", async () => {
    const debs = await writeChain([before, { entries: [...after.entries, dataEntry("opt/zz")] }]);
    const life = machine();
    run(life, ["--install", debs[0] ?? ""]);
    expect(before.isThere(life.root)).toBe(true);

    const failing = life.copy();
    onTestFinished(() => failing.remove());
    // Unpacked after everything of the place: a file of another package.
    mkdirSync(join(failing.root, "opt"), { recursive: true });
    writeFileSync(join(failing.root, "opt/zz"), "");
    writeFileSync(join(failing.root, "var/lib/dpkg/info/python3.11.list"), "/.\n/opt/zz\n");
    expect(failing.dpkg(["--install", debs[1] ?? ""]).exitCode).not.toBe(0);
    expect(failing.state("hello")).toBe("installed ok 1.0.0-1");
    expect(before.isThere(failing.root)).toBe(true);
    expectForeignFile(failing);

    run(life, ["--install", debs[1] ?? ""]);
    expect(after.isThere(life.root)).toBe(true);
    expectForeignFile(life);
    run(life, ["--purge", "hello"]);
    expectForeignFile(life);
    expect(existsSync(join(life.root, "opt"))).toBe(false);
    expect(existsSync(join(life.root, "etc/hello"))).toBe(false);
  });
});

describe("a link that the operator has changed", () => {
  it.each([
    ["symlink to a foreign directory", "directory", PLACE],
    ["symlink in place of a conffile", "conffile", CONFIG],
  ])("of a %s is not followed when it becomes a %s", async (old, kind, path) => {
    const debs = await writeChain([KINDS[old] ?? { entries: [] }, KINDS[kind] ?? { entries: [] }]);
    const life = machine();
    run(life, ["--install", debs[0] ?? ""]);
    rmSync(join(life.root, path));
    mkdirSync(join(life.root, "srv/another"));
    symlinkSync(kind === "conffile" ? `/srv/another/data` : `/srv/another`, join(life.root, path));
    const { exitCode, output } = life.dpkg(["--install", debs[1] ?? ""]);
    expect([exitCode, output]).toEqual([1, expect.stringContaining("Move the link away and install again")]);
    expect(life.state("hello")).toBe("installed ok 1.0.0-1");
    expect(readdirSync(join(life.root, "srv/another"))).toEqual([]);

    rmSync(join(life.root, path));
    run(life, ["--install", debs[1] ?? ""]);
    expect(KINDS[kind]?.isThere(life.root)).toBe(true);
    expectForeignFile(life);
  });
});

describe("a directory that the operator has put a file into", () => {
  it("stays, and so does the old version", async () => {
    const debs = await writeChain([
      KINDS["directory"] ?? { entries: [] },
      KINDS["symlink to a foreign directory"] ?? { entries: [] },
    ]);
    const life = machine();
    run(life, ["--install", debs[0] ?? ""]);
    writeFileSync(join(life.root, PLACE, "mine"), "mine");
    expect(life.dpkg(["--install", debs[1] ?? ""]).exitCode).toBe(1);
    expect(life.state("hello")).toBe("installed ok 1.0.0-1");
    expect(readFileSync(join(life.root, PLACE, "mine"), "utf8")).toBe("mine");
  });
});

function machine(): DpkgLife {
  const life = dpkgLife(["dpkg", "python3.11"]);
  onTestFinished(() => life.remove());
  mkdirSync(join(life.root, FOREIGN), { recursive: true });
  writeFileSync(join(life.root, FOREIGN_FILE), "foreign\n");
  return life;
}

function run(life: DpkgLife, args: readonly string[]): void {
  const { exitCode, output } = life.dpkg(args);
  expect(exitCode, output).toBe(0);
}

function expectForeignFile({ root }: DpkgLife): void {
  expect(readFileSync(join(root, FOREIGN_FILE), "utf8")).toBe("foreign\n");
}
