import { posix } from "node:path";
import type { MachineRoot } from "./machine-root.ts";
import { fitsWildcard } from "./wildcard.ts";

/**
 * The folders in which a machine's loader looks for libraries: ld.so.conf with its includes, then the built-in ones
 * of the architecture (ld.so(8), ldconfig(8)).
 */
export function readLibraryFolders(root: MachineRoot, multiarch: string): string[] {
  const configured = readLoaderConfig(root, "/etc/ld.so.conf", new Set());
  const builtIn = [`/lib/${multiarch}`, `/usr/lib/${multiarch}`, "/lib", "/usr/lib"];
  const legacy = ["/lib64", "/usr/lib64", "/lib32", "/usr/lib32"];
  return [...new Set([...configured, ...builtIn, ...legacy])];
}

function readLoaderConfig(root: MachineRoot, path: string, seen: Set<string>): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const lines = (root.readText(path) ?? "").split("\n").map((line) => line.replace(/#.*/, "").trim());
  return lines.flatMap((line) => {
    const pattern = /^include\s+(\S+)$/.exec(line)?.[1];
    if (pattern !== undefined)
      return includedFiles(root, posix.resolve(posix.dirname(path), pattern)).flatMap((file) =>
        readLoaderConfig(root, file, seen),
      );
    return line.startsWith("/") ? [posix.join(line, "/").slice(0, -1)] : [];
  });
}

/** Wildcards stand in the last component, as in the only include that Debian ships. */
function includedFiles(root: MachineRoot, pattern: string): string[] {
  const folder = posix.dirname(pattern);
  return root
    .list(folder)
    .filter((name) => fitsWildcard(name, posix.basename(pattern)))
    .map((name) => posix.join(folder, name));
}
