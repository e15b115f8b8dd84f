import { z } from "zod";
import { VenvdebError } from "../errors.ts";
import type { Storage } from "../repository/storage/types.ts";
import type { PublishedState } from "./types.ts";

/** Where it is kept in the repository, beside its settings. */
export const STATE_PATH = "venvdeb/sync.json";

const ref = z.object({ kind: z.enum(["branch", "tag"]), name: z.string() });
const key = z.object({
  base: z.string(),
  source: z.string(),
  line: z.string(),
  refs: z.array(ref),
  commit: z.string(),
  tree: z.string(),
  target: z.string(),
  version: z.string().exactOptional(),
  revision: z.string(),
  tool: z.string(),
  time: z.number(),
  packages: z.array(
    z.object({ name: z.string(), version: z.string(), architecture: z.string(), sha256: z.string() }),
  ),
  suites: z.record(z.string(), z.string()),
});
const stateSchema: z.ZodType<PublishedState> = z.object({
  format: z.literal(1),
  keys: z.record(z.string().regex(/^[0-9a-f]{64}$/), key),
});

const NOTHING: PublishedState = { format: 1, keys: {} };

/**
 * What was published from version control, by any builder.
 * @throws VenvdebError SYNC_BAD_STATE, and what storage throws
 */
export async function readPublished(storage: Storage): Promise<PublishedState> {
  return (await readStored(storage)).state;
}

/**
 * Changes what is kept; asked again when another builder was faster.
 * @throws VenvdebError SYNC_BAD_STATE, SYNC_STATE_BUSY, and what storage throws
 */
export async function updatePublished(
  storage: Storage,
  change: (state: PublishedState) => PublishedState,
): Promise<PublishedState> {
  for (let tries = 0; tries < 20; tries++) {
    const { state, version } = await readStored(storage);
    const next = change(state);
    const text = `${JSON.stringify(next)}\n`;
    if ((await storage.replace(STATE_PATH, Buffer.from(text), version)) !== "conflict") return next;
  }
  throw new VenvdebError(
    "SYNC_STATE_BUSY",
    `Cannot write "${STATE_PATH}" in "${storage.url}": others have changed it each time (20 tries)`,
    { hint: "run the command again: what is published already stays so" },
  );
}

async function readStored(
  storage: Storage,
): Promise<{ readonly state: PublishedState; readonly version: string | undefined }> {
  const stored = await storage.read(STATE_PATH);
  if (stored === undefined) return { state: NOTHING, version: undefined };
  const result = stateSchema.safeParse(parseJson(stored.bytes.toString()));
  if (result.success) return { state: result.data, version: stored.version };
  throw new VenvdebError(
    "SYNC_BAD_STATE",
    `Cannot read "${STATE_PATH}" in "${storage.url}": it is not what venvdeb sync writes (wanted: format 1)`,
    { hint: "put it back from a backup; without the file, everything is built again" },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
