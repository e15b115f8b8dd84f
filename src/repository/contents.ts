import { compareBytes } from "../deb/byte-order.ts";

/** What Contents tells of one package. */
export interface ContentsSource {
  readonly name: string;
  readonly section?: string | undefined;
  /** Paths of its files and links without a leading slash. */
  readonly files: readonly string[];
}

/**
 * The text of `Contents-<arch>`: a line a path, in byte order, with the packages that ship it as `section/name`
 * (Debian's repository format, "Contents indices"). Several versions of one package make one entry. Paths with control
 * characters are left out: they would break the line, or the terminal of who searches.
 */
export function renderContents(packages: Iterable<ContentsSource>): string {
  return join(linesOf(packages));
}

/**
 * The Contents of a former release with the lines of some packages made anew: `packages` are all versions that are
 * left of the names in `touched`. The same text as `renderContents` of all, at the cost of those.
 */
export function editContents(
  former: string,
  touched: ReadonlySet<string>,
  packages: Iterable<ContentsSource>,
): string {
  const kept = former.split("\n").flatMap((line) => keepLine(line, touched));
  return join(merge(kept, linesOf(packages)));
}

interface Line {
  readonly path: string;
  /** `section/name`, sorted, each once. */
  readonly owners: readonly string[];
}

function linesOf(packages: Iterable<ContentsSource>): Line[] {
  const owners = new Map<string, Set<string>>();
  for (const { name, section, files } of packages) {
    const qualified = section === undefined || section === "" ? name : `${section}/${name}`;
    for (const path of files) {
      const set = owners.get(path);
      if (set) set.add(qualified);
      else if (!UNPRINTABLE.test(path)) owners.set(path, new Set([qualified]));
    }
  }
  return [...owners]
    .map(([path, set]) => ({ path, owners: [...set].toSorted(compareBytes) }))
    .toSorted((a, b) => compareBytes(a.path, b.path));
}

// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\u001f\u007f-\u009f]|\s$|^$/;

/** The owners hold no blank, a path may: so the last run of blanks is what divides them. */
const LINE = /^(.*\S)\s+(\S+)$/;

function keepLine(text: string, touched: ReadonlySet<string>): Line[] {
  const [, path, list] = LINE.exec(text) ?? [];
  if (path === undefined || list === undefined) return [];
  const owners = list.split(",").filter((owner) => !touched.has(owner.slice(owner.lastIndexOf("/") + 1)));
  return owners.length === 0 ? [] : [{ path, owners }];
}

function* merge(kept: readonly Line[], fresh: readonly Line[]): Generator<Line> {
  let next = 0;
  for (const line of kept) {
    for (let other = fresh[next]; other && compareBytes(other.path, line.path) < 0; other = fresh[next]) {
      yield other;
      next++;
    }
    const same = fresh[next];
    if (same?.path === line.path) {
      yield { path: line.path, owners: [...line.owners, ...same.owners].toSorted(compareBytes) };
      next++;
    } else yield line;
  }
  yield* fresh.slice(next);
}

function join(lines: Iterable<Line>): string {
  const texts: string[] = [];
  for (const { path, owners } of lines) texts.push(`${path.padEnd(WIDTH)} ${owners.join(",")}\n`);
  return texts.join("");
}

/** Of the column of paths, as in Debian's own files. */
const WIDTH = 55;
