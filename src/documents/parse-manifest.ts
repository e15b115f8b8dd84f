import { z } from "zod";
import { isDebianVersion } from "../deb/version.ts";
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

const path = z.string().max(4096).startsWith("/");
const through = z.string().max(256).refine(isDebianVersion);

/** Of a package that may be anyone's. */
export const migrationSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["rm_conffile", "returned_conffile"]), path, through }),
  z.object({ kind: z.literal("mv_conffile"), path, to: path, through }),
  z.object({
    kind: z.literal("symlink_to_dir"),
    path,
    target: text,
    becomes: z.enum(["directory", "conffile"]),
    through,
  }),
  z.object({ kind: z.literal("dir_to_symlink"), path, target: text, through }),
]);

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
  migrations: z.array(migrationSchema).exactOptional(),
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
