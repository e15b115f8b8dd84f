import type { Row } from "../measure.ts";
import type { Series, SuiteResults } from "../results.ts";
import { cpuOf, memoryOf, ratioOf, spreadOf, wallOf, type Spread } from "../statistics.ts";

/** One line of what was set out to be reached. */
export interface AimLine {
  readonly suite: string;
  readonly what: string;
  readonly against: string;
  readonly aim: string;
  readonly measured: string;
  readonly verdict: "reached" | "missed" | "not measured";
}

interface Aim {
  readonly what: string;
  /** `atMost`: ours is at most so many times the other's; `atLeast`: the other's is at least so many times ours. */
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
  readonly suites: readonly string[];
  readonly ours: string;
  readonly theirs: string;
  readonly by?: "bytes";
}

const APPS = ["tiny", "web", "data", "compiled"];
const LARGE = ["data"];
const COLD = "venvdeb xz, cold";
const CHANGED = "venvdeb xz, one changed line";
const UNCHANGED = "venvdeb xz, nothing changed";

const AIMS: readonly Aim[] = [
  aim(APPS, "cold build, xz", COLD, { atMost: 1.15 }, "floor: xz -6 of the tree"),
  aim(APPS, "cold build, xz", COLD, { atLeast: 1.8 }, "dh-virtualenv"),
  aim(APPS, "cold build, zstd", "venvdeb zstd, cold", { atLeast: 12 }, "dh-virtualenv"),
  aim(APPS, "wheels met before", "venvdeb xz, a second project", { atLeast: 5 }, "dh-virtualenv"),
  aim(LARGE, "one changed line", CHANGED, { atLeast: 50 }, "dh-virtualenv"),
  aim(LARGE, "one changed line", CHANGED, { atLeast: 10 }, "nfpm xz, of a ready tree"),
  aim(
    APPS,
    "one changed line",
    CHANGED,
    { atMost: 1.5 },
    "floor: the project's wheel and the package's bytes",
  ),
  aim(APPS, "nothing changed", UNCHANGED, { atMost: 1.5 }, "floor: hashing the inputs and the package"),
  { ...aim(APPS, "size", COLD, { atMost: 1.01 }, "floor: dpkg-deb -Zxz of the tree"), by: "bytes" },
  aim(APPS, "installing by dpkg", "installing ours", { atMost: 1 }, "installing dpkg-deb's"),
  aim(["start"], "venvdeb --version", "venvdeb --version", { atMost: 2 }, "node -e 0"),
  aim(["start"], "venvdeb --help", "venvdeb --help", { atMost: 2 }, "node -e 0"),
  ...repositoryAims("first publish", 1),
  ...repositoryAims("add one", 5),
  ...repositoryAims("no change", 20),
  ...repositoryAims("remove one", 1),
];

function aim(
  suites: readonly string[],
  what: string,
  ours: string,
  bound: Aim["bound"],
  theirs: string,
): Aim {
  return { suites, what, ours, bound, theirs };
}

function repositoryAims(what: string, atLeast: number): Aim[] {
  return ["aptly", "reprepro", "apt-ftparchive"].map((peer) =>
    aim(["repository"], what, `venvdeb, ${what}`, { atLeast }, `${peer}, ${what}`),
  );
}

/** Every aim with what was measured of it. Ratios are of pairs of runs that stood side by side. */
export function compareWithAims(results: readonly SuiteResults[]): AimLine[] {
  const bySuite = new Map(results.map((one) => [one.suite, one]));
  const ratios = AIMS.flatMap((one) => one.suites.map((suite) => lineOf(one, suite, bySuite.get(suite))));
  return [
    ...ratios,
    ...results.flatMap(memoryLines),
    ...planLines(bySuite.get("start")),
    ...(bySuite.get("growth")?.series ?? []).flatMap(growthLines),
  ];
}

function lineOf(wanted: Aim, suite: string, results: SuiteResults | undefined): AimLine {
  const isMost = "atMost" in wanted.bound;
  const bound = "atMost" in wanted.bound ? wanted.bound.atMost : wanted.bound.atLeast;
  const shared = {
    suite,
    what: wanted.what,
    against: wanted.theirs,
    aim: isMost ? `at most ${bound}x` : `${bound}x faster`,
  };
  const ours = rowOf(results, wanted.ours);
  const theirs = rowOf(results, wanted.theirs);
  if (ours === undefined || theirs === undefined) return { ...shared, measured: "", verdict: "not measured" };
  const [left, right] = isMost ? [ours, theirs] : [theirs, ours];
  if (wanted.by === "bytes") {
    const ratio = (left.bytes ?? Number.NaN) / (right.bytes ?? Number.NaN);
    return { ...shared, measured: `${ratio.toFixed(3)}x`, verdict: verdictOf(ratio <= bound) };
  }
  const wall = ratioOf(left, right, wallOf);
  const cpu = ratioOf(left, right, cpuOf);
  const measured = `${renderRatio(wall)}; CPU ${renderRatio(cpu)}`;
  return { ...shared, measured, verdict: verdictOf(isMost ? wall.median <= bound : wall.median >= bound) };
}

function rowOf(results: SuiteResults | undefined, name: string): Row | undefined {
  return results?.rows.find((row) => row.name === name);
}

function memoryLines({ suite, rows }: SuiteResults): AimLine[] {
  const ours = rows.filter(
    ({ name }) => name.startsWith("venvdeb") && (name.includes("cold") || name.includes("first")),
  );
  const bound = { repository: 300, "large-repository": 1000 }[suite] ?? 500;
  return ours.map(({ name, samples }) => {
    const megabytes = spreadOf(samples.map(memoryOf)).max / 1e6;
    return {
      suite,
      what: `most memory, with children: ${name}`,
      against: "",
      aim: `under ${bound} MB`,
      measured: `${megabytes.toFixed(0)} MB`,
      verdict: verdictOf(megabytes < bound),
    };
  });
}

function planLines(start: SuiteResults | undefined): AimLine[] {
  const row = rowOf(start, "venvdeb plan");
  if (row === undefined) return [];
  const { median } = spreadOf(row.samples.map(wallOf));
  return [
    {
      suite: "start",
      what: "plan of 200 locked requirements",
      against: "",
      aim: "under 1 s",
      measured: `${median.toFixed(2)} s`,
      verdict: verdictOf(median < 1),
    },
  ];
}

/** From the first point to the last: seconds may grow as often as what grows, memory stays under its bound. */
function growthLines({ name, points }: Series): AimLine[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  const shared = { suite: "growth", what: name };
  const times = last.at / first.at;
  const grown = spreadOf(last.row.samples.map(cpuOf)).median / spreadOf(first.row.samples.map(cpuOf)).median;
  const megabytes = Math.max(...points.flatMap(({ row }) => row.samples.map(memoryOf))) / 1e6;
  return [
    {
      ...shared,
      against: `${times} times as many`,
      aim: `CPU at most ${times}x`,
      measured: `${grown.toFixed(1)}x`,
      verdict: verdictOf(grown <= times),
    },
    {
      ...shared,
      against: "",
      aim: "memory under 500 MB",
      measured: `${megabytes.toFixed(0)} MB`,
      verdict: verdictOf(megabytes < 500),
    },
  ];
}

function verdictOf(isReached: boolean): "reached" | "missed" {
  return isReached ? "reached" : "missed";
}

/** Median, and the least and the most. */
export function renderRatio({ min, median, max }: Spread): string {
  const digits = median >= 10 ? 1 : 2;
  return `${median.toFixed(digits)}x (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
