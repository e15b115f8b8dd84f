import { overlap } from "../layers/overlap.ts";
import type { Acquired } from "./steps.ts";
import type { BuiltEnvironment, InstalledDistribution, KeptLayer } from "./types.ts";

/**
 * One environment of what was staged and of layers that earlier builds have made.
 * @returns nothing where files of two would be at one place: that is for the installer to settle, all at once
 */
export function joinEnvironment(
  staged: BuiltEnvironment,
  known: ReadonlyMap<string, KeptLayer>,
  acquired: readonly Acquired[],
): BuiltEnvironment | undefined {
  if (known.size === 0) return staged;
  const kept = acquired.flatMap((one) => describeKept(one, known.get(one.wheel.name)) ?? []);
  const distributions = [...staged.distributions, ...kept];
  if (overlap([staged.skeleton, ...distributions.map(({ files }) => files)])) return undefined;
  return { ...staged, distributions: distributions.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Where it is from is this build's to say; what it is, the layer's. */
function describeKept(
  { origin, sha256, uploadTime }: Acquired,
  kept: KeptLayer | undefined,
): InstalledDistribution | undefined {
  if (!kept) return undefined;
  const { sha256: _sha256, uploadTime: _uploadTime, ...distribution } = kept.distribution;
  return {
    ...distribution,
    origin,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    kept,
  };
}
