import type { SyncPlan } from "../types.ts";

/** One job of a pipeline: builds some jobs of the plan, one after the other. */
export interface Cell {
  /** Distinct; fit for the name of an artefact. */
  readonly name: string;
  /** `debian:bookworm/amd64`. */
  readonly target: string;
  readonly image: string;
  readonly architecture: string;
  /** What the keys begin with, divided by blanks. */
  readonly jobs: string;
}

/** Enough to tell a million keys apart. */
const DIGITS = 16;

/** What a plan has to build, in at most `limit` cells: as few jobs of the plan in each as that allows. */
export function pipelineCells({ jobs }: Pick<SyncPlan, "jobs">, limit: number): Cell[] {
  const targets = new Map<string, { readonly key: string; readonly source: string }[]>();
  for (const { action, target, key, source } of jobs)
    if (action === "build") targets.set(target, [...(targets.get(target) ?? []), { key, source }]);
  const groups = [...targets];
  const sizes = groups.map(([, wanted]) => wanted.length);
  const size = chunkSize(sizes, limit);
  return groups.flatMap(([target, wanted]) => {
    const count = Math.ceil(wanted.length / size);
    return Array.from({ length: count }, (_, index) =>
      cell(target, wanted.slice(index * size, (index + 1) * size)),
    );
  });
}

/** The smallest size of chunks with which all groups together have no more than `limit` of them. */
function chunkSize(sizes: readonly number[], limit: number): number {
  const total = sizes.reduce((sum, each) => sum + each, 0);
  let size = Math.max(1, Math.ceil(total / limit));
  while (size < total && sizes.reduce((sum, each) => sum + Math.ceil(each / size), 0) > limit) size++;
  return size;
}

function cell(target: string, wanted: readonly { readonly key: string; readonly source: string }[]): Cell {
  const [image = "", architecture = ""] = target.split("/");
  const keys = wanted.map(({ key }) => key.slice(0, DIGITS));
  const what = wanted.length === 1 ? (wanted[0]?.source ?? "") : `${wanted.length}-jobs`;
  return {
    name: `${what}-${image.replace(":", "-")}-${architecture}-${keys[0]?.slice(0, 8) ?? ""}`,
    target,
    image,
    architecture,
    jobs: keys.join(" "),
  };
}
