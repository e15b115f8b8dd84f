import { z } from "zod";
import type { Manifest } from "./manifest.ts";

const text = z.string().max(4096);
const count = z.number().int().nonnegative();

const reason = z.object({
  distribution: text.exactOptional(),
  object: text.exactOptional(),
  library: text.exactOptional(),
  detail: text,
});

const layer = z.object({
  id: text,
  mtime: z.number().int(),
  files: count,
  installedBytes: count,
  distribution: z
    .object({
      name: text,
      version: text,
      origin: z.enum(["index", "built", "project"]),
      license: text.exactOptional(),
      sha256: text.exactOptional(),
    })
    .exactOptional(),
});

const manifest = z.object({
  manifestVersion: z.literal(1),
  tool: z.object({ name: text, version: text }),
  package: z.object({ name: text, version: text, architecture: text }),
  target: z.object({ distribution: text, codename: text, architecture: text, python: text }),
  environmentPath: text,
  layers: z.array(layer),
  relations: z.array(
    z.object({ relation: text, field: z.enum(["Depends", "Recommends"]), reasons: z.array(reason) }),
  ),
});

/** Reads a manifest from a package that may be anyone's; undefined when it is none that this version knows. */
export function parseManifest(json: string): Manifest | undefined {
  try {
    return manifest.safeParse(JSON.parse(json)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
