import { execFileSync } from "node:child_process";

/** A finished package as Debian's own tools see it. */
export interface OpenedDeb {
  /** Of data.tar, in its order, the root first. */
  readonly entries: readonly ListedEntry[];
  /** A field of the control file; empty when it is not there. */
  field(name: string): string;
  /** Names of the members of control.tar, sorted. */
  readonly controlFiles: readonly string[];
  /** The text of one of them: control, conffiles, md5sums, a maintainer script. */
  controlFile(name: string): string;
  entry(path: string): ListedEntry | undefined;
  /** The bytes of a file; `path` as in `entries`. */
  file(path: string): Buffer;
  /** `mode owner path -> target`, a line an entry. */
  listing(): string;
}

export interface ListedEntry {
  /** As in the archive: `./opt/hello/`. */
  readonly path: string;
  /** `drwxr-xr-x` */
  readonly mode: string;
  /** `root/root` */
  readonly owner: string;
  readonly size: number;
  /** `2001-09-09 01:46:40`, UTC. */
  readonly time: string;
  readonly target?: string;
}

/** Opens a package with dpkg-deb and tar, which know nothing of our code. */
export function openDeb(path: string): OpenedDeb {
  const data = run("dpkg-deb", ["--fsys-tarfile", path]);
  const control = run("dpkg-deb", ["--ctrl-tarfile", path]);
  const entries = tar(["--list", "--verbose", "--full-time", "--utc"], data)
    .toString()
    .split("\n")
    .flatMap(parseLine);
  return {
    entries,
    field: (name) => run("dpkg-deb", ["--field", path, name]).toString().trimEnd(),
    controlFiles: tar(["--list"], control)
      .toString()
      .split("\n")
      .filter((name) => name !== "" && name !== "./")
      .map((name) => name.replace(/^\.\//, ""))
      .toSorted(),
    controlFile: (name) => run("dpkg-deb", ["--info", path, name]).toString(),
    entry: (wanted) => entries.find((entry) => entry.path === wanted),
    file: (wanted) => tar(["--extract", "--to-stdout", wanted], data),
    listing: () => entries.map(describe).join(""),
  };
}

function tar(args: readonly string[], input: Buffer): Buffer {
  return run("tar", [...args, "--quoting-style=literal", "--file=-"].toSorted(optionsFirst), input);
}

function optionsFirst(a: string, b: string): number {
  return Number(!a.startsWith("--")) - Number(!b.startsWith("--"));
}

function run(file: string, args: readonly string[], input?: Buffer): Buffer {
  return execFileSync(file, args, {
    maxBuffer: 2 ** 30,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
    ...(input === undefined ? {} : { input }),
  });
}

function parseLine(line: string): ListedEntry[] {
  const match = /^(\S{10}) (\S+) +(\d+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (.*)$/.exec(line);
  if (!match) return [];
  const [, mode = "", owner = "", size = "", time = "", name = ""] = match;
  const arrow = mode.startsWith("l") ? name.indexOf(" -> ") : -1;
  const common = { mode, owner, time, size: Number(size) };
  if (arrow === -1) return [{ ...common, path: name }];
  return [{ ...common, path: name.slice(0, arrow), target: name.slice(arrow + 4) }];
}

function describe({ mode, owner, path, target }: ListedEntry): string {
  return `${mode} ${owner} ${path}${target === undefined ? "" : ` -> ${target}`}\n`;
}
