import { createHash } from "node:crypto";
import { directoriesFor } from "../../src/deb/entries.ts";
import type { Layer, PackageEntry } from "../../src/deb/entry.ts";
import type { ControlFields, DebContents } from "../../src/deb/types.ts";

/** 2001-09-09 01:46:40 UTC. */
export const TIME = 1_000_000_000;

export const CONTROL: ControlFields = {
  package: "hello",
  version: "1.0-1",
  architecture: "amd64",
  maintainer: "Jane Doe <jane@example.org>",
  section: "python",
  priority: "optional",
  synopsis: "greets the world",
};

export function dataEntry(path: string, text: string | Uint8Array = path, mode = 0o644): PackageEntry {
  return { kind: "data", path, mode, data: typeof text === "string" ? Buffer.from(text) : text };
}

export function linkEntry(path: string, target: string): PackageEntry {
  return { kind: "symlink", path, mode: 0o777, target };
}

/** Layers of the given entries by their id, after the folders that they need. */
export function layersOf(entries: Readonly<Record<string, readonly PackageEntry[]>>): Layer[] {
  const paths = Object.values(entries).flatMap((list) => list.map(({ path }) => path));
  const given = Object.values(entries).flatMap((list) => list.filter(({ kind }) => kind === "directory"));
  const parents = new Set([...directoriesFor(paths), ...given.map(({ path }) => path)]);
  const directories = [...parents].map((path) => ({ kind: "directory", path, mode: 0o755 }) as const);
  const layers = Object.entries(entries).map(([id, list]) => ({
    id,
    mtime: TIME,
    entries: list.filter(({ kind }) => kind !== "directory"),
  }));
  return [{ id: "directories", mtime: TIME, entries: directories }, ...layers];
}

/** A small package of these layers. */
export function contentsOf(
  entries: Readonly<Record<string, readonly PackageEntry[]>>,
  overrides: Partial<DebContents> = {},
): DebContents {
  return {
    control: CONTROL,
    controlFiles: [],
    layers: layersOf(entries),
    compression: "xz",
    timestamp: TIME,
    ...overrides,
  };
}

/** Bytes that no compressor makes smaller, the same in every run; a multiple of 64 of them. */
export function noise(bytes: number): Buffer {
  const blocks = Array.from({ length: bytes / 64 }, (_, index) =>
    createHash("sha512").update(String(index)).digest(),
  );
  return Buffer.concat(blocks);
}
