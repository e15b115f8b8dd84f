import { readDeb } from "../deb/read.ts";
import { readData, type ReadEntry } from "../deb/untar.ts";
import { parseManifest } from "../documents/parse-manifest.ts";
import type { Manifest } from "../documents/manifest.ts";
import { stat } from "../effects/fs.ts";

/** What `venvdeb inspect` knows of a package. */
export interface Inspection {
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Fields of the control file, in their order. */
  readonly control: Readonly<Record<string, string>>;
  /** Names of the other members of control.tar. */
  readonly controlFiles: readonly string[];
  readonly files: readonly InspectedFile[];
  /** Absent in packages that venvdeb did not make. */
  readonly manifest?: Manifest;
}

export type InspectedFile = Pick<ReadEntry, "path" | "kind" | "mode" | "size" | "target">;

const MANIFEST_LIMIT = 64 * 1024 * 1024;

/** Reads a whole package. @throws VenvdebError as `readDeb` */
export async function readInspection(path: string): Promise<Inspection> {
  const deb = await readDeb(path);
  const manifestPath = `usr/share/doc/${deb.control.get("Package") ?? ""}/venvdeb.json`;
  const files: InspectedFile[] = [];
  let manifest: Manifest | undefined;
  for await (const entry of deb.entries()) {
    const { kind, mode, size, target } = entry;
    files.push({ path: entry.path, kind, mode, size, ...(target === undefined ? {} : { target }) });
    if (entry.path === manifestPath && kind === "file" && size <= MANIFEST_LIMIT) {
      manifest = parseManifest(new TextDecoder().decode(await readData(entry, MANIFEST_LIMIT)));
    }
  }
  return {
    path,
    size: (await stat(path)).size,
    control: Object.fromEntries(deb.control),
    controlFiles: [...deb.controlFiles.keys()].filter((name) => name !== "control"),
    files,
    ...(manifest === undefined ? {} : { manifest }),
  };
}
