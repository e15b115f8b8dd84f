import type { Row } from "../measure.ts";
import type { SuiteResults } from "../results.ts";
import { cpuOf, memoryOf, spreadOf, wallOf } from "../statistics.ts";

/** Something in which another program is better than ours. */
export interface Loss {
  readonly suite: string;
  readonly who: string;
  readonly measure: string;
  readonly ours: string;
  readonly theirs: string;
}

interface Measure {
  readonly name: string;
  /** Undefined where it was not measured. */
  readonly of: (row: Row) => number | undefined;
  readonly show: (value: number) => string;
}

const MEASURES: readonly Measure[] = [
  { name: "wall", of: ({ samples }) => spreadOf(samples.map(wallOf)).median, show: seconds },
  { name: "CPU", of: ({ samples }) => spreadOf(samples.map(cpuOf)).median, show: seconds },
  { name: "most memory", of: ({ samples }) => spreadOf(samples.map(memoryOf)).max, show: megabytes },
  { name: "size", of: ({ bytes }) => bytes, show: megabytes },
];

/** Every peer's figure that is better than that of ours which does most nearly the same. */
export function findLosses(results: readonly SuiteResults[]): Loss[] {
  return results.flatMap(({ suite, rows }) =>
    rows.filter(isPeer).flatMap((peer) => {
      const ours = rows.find(({ name }) => name === counterpartOf(peer.name));
      return ours === undefined ? [] : MEASURES.flatMap((measure) => compare(suite, ours, peer, measure));
    }),
  );
}

function isPeer({ name }: Row): boolean {
  return !/^(?:venvdeb|floor|install|node)/.test(name);
}

/** A repository's peers do the same four things; packagers are held against a cold build with the same compressor. */
function counterpartOf(peer: string): string {
  const [, what] = /^(?:aptly|reprepro|apt-ftparchive), (.+)$/.exec(peer) ?? [];
  if (what !== undefined) return `venvdeb, ${what}`;
  return peer.includes("zstd") ? "venvdeb zstd, cold" : "venvdeb xz, cold";
}

function compare(suite: string, ours: Row, peer: Row, { name, of, show }: Measure): Loss[] {
  const [own, other] = [of(ours), of(peer)];
  if (own === undefined || other === undefined || own <= other) return [];
  return [{ suite, who: peer.name, measure: name, ours: `${ours.name}: ${show(own)}`, theirs: show(other) }];
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

function megabytes(value: number): string {
  return `${(value / 1e6).toFixed(value < 1e7 ? 2 : 0)} MB`;
}
