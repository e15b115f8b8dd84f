import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { dataEntry } from "../helpers/deb-contents.ts";
import { dpkgLife, type DpkgLife } from "../helpers/dpkg-life.ts";
import { writeChain, type ChainVersion } from "../helpers/version-chain.ts";

const FOLDER = "etc/hello";
const EDIT = "edited by the operator\n";
const other = dataEntry(`${FOLDER}/other.conf`, "another\n");
const ship = (name: string, content: string): ChainVersion => ({
  entries: [dataEntry(`${FOLDER}/${name}`, content), other],
});
const dropped: ChainVersion = { entries: [other] };

/** Files by name below /etc/hello. */
type Outcome = Readonly<Record<string, string>>;
interface Cell {
  readonly upgraded: Outcome;
  readonly downgraded: Outcome;
  /** Both sides have changed it. */
  readonly asks?: boolean;
}

interface Change {
  readonly name: string;
  readonly versions: readonly ChainVersion[];
  /** The last version is installed straight over the first. */
  readonly skips?: boolean;
  readonly unedited: Cell;
  readonly edited: Cell;
  readonly deleted: Cell;
}

const FIRST = { "x.conf": "a\n" };
const KEPT = { "x.conf": EDIT };

const RENAMED = (content: string): Pick<Change, "unedited" | "edited" | "deleted"> => ({
  // What the newer version had stays, and is known to dpkg as obsolete.
  unedited: { upgraded: { "y.conf": content }, downgraded: { ...FIRST, "y.conf": content } },
  edited: {
    upgraded: { "y.conf": EDIT, "y.conf.dpkg-new": content },
    downgraded: { ...KEPT, "y.conf": EDIT, "y.conf.dpkg-new": content },
  },
  deleted: { upgraded: {}, downgraded: FIRST },
});

const CHANGES: readonly Change[] = [
  {
    name: "the same",
    versions: [ship("x.conf", "a\n"), ship("x.conf", "a\n")],
    unedited: { upgraded: FIRST, downgraded: FIRST },
    edited: { upgraded: KEPT, downgraded: KEPT },
    deleted: { upgraded: {}, downgraded: {} },
  },
  {
    name: "changed",
    versions: [ship("x.conf", "a\n"), ship("x.conf", "b\n")],
    unedited: { upgraded: { "x.conf": "b\n" }, downgraded: FIRST },
    edited: {
      upgraded: { ...KEPT, "x.conf.dpkg-dist": "b\n" },
      downgraded: { ...KEPT, "x.conf.dpkg-dist": "a\n" },
      asks: true,
    },
    deleted: {
      upgraded: { "x.conf.dpkg-dist": "b\n" },
      downgraded: { "x.conf.dpkg-dist": "a\n" },
      asks: true,
    },
  },
  {
    name: "removed",
    versions: [ship("x.conf", "a\n"), dropped],
    unedited: { upgraded: {}, downgraded: FIRST },
    edited: {
      upgraded: { "x.conf.dpkg-bak": EDIT },
      downgraded: { ...FIRST, "x.conf.dpkg-bak": EDIT },
    },
    deleted: { upgraded: {}, downgraded: FIRST },
  },
  {
    name: "renamed with its content",
    versions: [ship("x.conf", "a\n"), ship("y.conf", "a\n")],
    ...RENAMED("a\n"),
  },
  {
    name: "renamed by the setting and changed",
    versions: [
      ship("x.conf", "a\n"),
      { ...ship("y.conf", "b\n"), renames: { "/etc/hello/x.conf": "/etc/hello/y.conf" } },
    ],
    ...RENAMED("b\n"),
  },
  {
    name: "renamed in a version that the machine skips",
    versions: [ship("x.conf", "a\n"), ship("y.conf", "a\n"), ship("y.conf", "b\n")],
    skips: true,
    ...RENAMED("b\n"),
  },
  {
    name: "removed in a version that the machine skips",
    versions: [ship("x.conf", "a\n"), dropped, dropped],
    skips: true,
    unedited: { upgraded: {}, downgraded: FIRST },
    edited: {
      upgraded: { "x.conf.dpkg-bak": EDIT },
      downgraded: { ...FIRST, "x.conf.dpkg-bak": EDIT },
    },
    deleted: { upgraded: {}, downgraded: FIRST },
  },
  {
    name: "returned after a version without it",
    versions: [ship("x.conf", "a\n"), dropped, ship("x.conf", "c\n")],
    unedited: { upgraded: { "x.conf": "c\n" }, downgraded: FIRST },
    edited: {
      upgraded: { "x.conf": "c\n", "x.conf.dpkg-bak": EDIT },
      downgraded: { ...FIRST, "x.conf.dpkg-bak": EDIT },
    },
    // dpkg has forgotten the file with the version that had none.
    deleted: { upgraded: { "x.conf": "c\n" }, downgraded: FIRST },
  },
  {
    name: "returned, the version without it skipped",
    versions: [ship("x.conf", "a\n"), dropped, ship("x.conf", "a\n")],
    skips: true,
    unedited: { upgraded: FIRST, downgraded: FIRST },
    edited: { upgraded: KEPT, downgraded: KEPT },
    deleted: { upgraded: {}, downgraded: {} },
  },
];

const EDITS = {
  unedited: () => {},
  edited: (path: string) => writeFileSync(path, EDIT),
  deleted: (path: string) => rmSync(path),
} as const;

describe.each(CHANGES)("a conffile that is $name", (change) => {
  it.each(["unedited", "edited", "deleted"] as const)("keeps what the operator did: %s", async (edit) => {
    const debs = await writeChain(change.versions);
    const [first = "", ...later] = change.skips === true ? [debs[0] ?? "", debs.at(-1) ?? ""] : debs;
    const { upgraded, downgraded, asks = false } = change[edit];
    const life = dpkgLife(["python3.11"]);
    onTestFinished(() => life.remove());

    install(life, first, false);
    EDITS[edit](join(life.root, FOLDER, "x.conf"));
    for (const deb of later) install(life, deb, asks);
    expect(filesOf(life)).toEqual(upgraded);

    withCopy(life, (copy) => {
      install(copy, first, asks);
      expect(filesOf(copy)).toEqual(downgraded);
      // The older version knows nothing of what the newer one put aside.
      run(copy, ["--purge", "hello"]);
      const known = Object.keys(downgraded).filter((name) => !name.endsWith(".dpkg-bak"));
      expect(filesOf(copy)).toEqual(without(downgraded, ...known));
    });
    withCopy(life, (copy) => {
      install(copy, later.at(-1) ?? "", false);
      // A reinstallation takes the package's copy beside an edited file away.
      expect(filesOf(copy)).toEqual(without(upgraded, ".dpkg-new"));
      run(copy, ["--purge", "hello"]);
      expect(filesOf(copy)).toEqual({});
    });
    run(life, ["--remove", "hello"]);
    expect(filesOf(life)).toEqual(upgraded);
    run(life, ["--purge", "hello"]);
    expect(existsSync(join(life.root, FOLDER))).toBe(false);
  });
});

/** dpkg has no terminal here, so a question is an error; the operator then keeps what is there. */
function install(life: DpkgLife, deb: string, asks: boolean): void {
  const { exitCode, output } = life.dpkg(["--install", deb]);
  expect(/conffile prompt/.test(output), output).toBe(asks);
  if (asks) run(life, ["--force-confold", "--configure", "-a"]);
  else expect(exitCode, output).toBe(0);
  expect(life.state("hello")).toMatch(/^installed ok /);
}

function run(life: DpkgLife, args: readonly string[]): void {
  const { exitCode, output } = life.dpkg(args);
  expect(exitCode, output).toBe(0);
}

function withCopy(life: DpkgLife, use: (copy: DpkgLife) => void): void {
  const copy = life.copy();
  try {
    use(copy);
  } finally {
    copy.remove();
  }
}

function without(files: Outcome, ...endings: readonly string[]): Outcome {
  return Object.fromEntries(
    Object.entries(files).filter(([name]) => !endings.some((ending) => name.endsWith(ending))),
  );
}

function filesOf({ root }: DpkgLife): Record<string, string> {
  const folder = join(root, FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name !== "other.conf") : [];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
