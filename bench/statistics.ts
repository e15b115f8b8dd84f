import type { Row, Sample } from "./measure.ts";

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
  return { min: sorted[0] ?? Number.NaN, median, max: sorted.at(-1) ?? Number.NaN };
}

/** How many times `left` is `right`, round by round. */
export function ratioOf(left: Row, right: Row, by: (sample: Sample) => number): Spread {
  return spreadOf(
    left.samples.flatMap((sample, round) => {
      const other = right.samples[round];
      return other === undefined ? [] : [by(sample) / by(other)];
    }),
  );
}

export const wallOf = ({ wallSeconds }: Sample): number => wallSeconds;
export const cpuOf = ({ cpuSeconds }: Sample): number => cpuSeconds;
export const memoryOf = ({ memoryBytes }: Sample): number => memoryBytes;
