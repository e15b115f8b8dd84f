import pLimit from "p-limit";
import { digestOf } from "../cache/digest.ts";
import { needsTar, openSegmentStore, type SegmentStore } from "../deb/segment-store.ts";
import { programDigest } from "../effects/program-digest.ts";
import type { Store } from "../cache/store.ts";
import { digestInterpreter } from "./interpreter-digest.ts";
import type { Acquired, StepContext } from "./steps.ts";
import type { KeptLayer } from "./types.ts";

/** The layers of distributions that an earlier build has made, and the keys of those that this one may keep. */
export interface KnownLayers {
  /** By normalised name. */
  readonly layers: ReadonlyMap<string, KeptLayer>;
  /** By normalised name; a distribution without a digest has none. */
  readonly keys: ReadonlyMap<string, string>;
}

/**
 * Looks for layers that are certain to be what would be made now: the same wheel for the same place, by the same
 * interpreter, installer and version of this program. What a build of this compression could not pack is left out.
 */
export async function findKnownLayers(
  acquired: readonly Acquired[],
  context: StepContext,
): Promise<KnownLayers> {
  const { store, plan } = context;
  if (!store) return { layers: new Map(), keys: new Map() };
  const surroundings = describeSurroundings(context);
  const segments = await openSegmentStore(store, plan.compression);
  const layers = new Map<string, KeptLayer>();
  const keys = new Map<string, string>();
  for (const one of acquired)
    if (one.wheel.hash !== undefined && one.origin !== "project")
      keys.set(one.wheel.name, digestOf([surroundings, describeWheel(one, context)]));
  // The store may be behind a network.
  const found = await pLimit(AT_ONCE).map(keys, async ([name, key]) => {
    const layer = await readLayer(store, key);
    return layer && (await isPackable(layer, store, segments)) ? { name, layer } : undefined;
  });
  for (const one of found) if (one) layers.set(one.name, one.layer);
  return { layers, keys };
}

const AT_ONCE = 16;

/** What all layers of a build have in common. The compiler of bytecode is in the interpreter's own file. */
function describeSurroundings({ plan, installer }: StepContext): unknown {
  const { path, full, cacheTag, extensionSuffix, multiarch } = plan.target.python;
  return [
    programDigest(),
    plan.environmentPath,
    [installer.name, installer.version],
    [path, full, cacheTag, extensionSuffix, multiarch, digestInterpreter(path)],
  ];
}

/** A wheel that was built here may have taken something of this machine in, for which it was searched. */
function describeWheel(one: Acquired, { host }: StepContext): unknown {
  const { wheel, version, origin, uploadTime, replacements, sourceFiles } = one;
  const published = [wheel.name, wheel.hash, version, origin, uploadTime];
  if (origin === "index") return published;
  const { home, userName, hostName } = host;
  return [published, replacements, [...sourceFiles].toSorted(), home, userName, hostName];
}

/** The key says that it was written by this very program, so it has the form that is written in keep.ts. */
async function readLayer(store: Store, key: string): Promise<KeptLayer | undefined> {
  const note: unknown = await store.readNote("layer", key);
  return isLayer(note) ? note : undefined;
}

function isLayer(note: unknown): note is KeptLayer {
  return typeof note === "object" && note !== null && "packed" in note;
}

async function isPackable(
  { packed }: KeptLayer,
  store: Store,
  segments: SegmentStore | undefined,
): Promise<boolean> {
  if (needsTar(packed.size, segments)) return await store.has(packed);
  return segments !== undefined && (await segments.has([packed], {}));
}
