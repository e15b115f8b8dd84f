import type { PackageFacts } from "./types.ts";

/** The lines of a member of control.tar, without empty ones; none when it is not there. */
export function linesOf({ archive }: PackageFacts, name: string): string[] {
  const bytes = archive.controlFiles.get(name);
  if (bytes === undefined) return [];
  return new TextDecoder()
    .decode(bytes)
    .split("\n")
    .filter((line) => line.trim() !== "");
}

/** Conffiles that the package ships, relative to the root (deb-conffiles(5)). */
export function conffilesOf(facts: PackageFacts): string[] {
  return linesOf(facts, "conffiles")
    .map((line) => line.trimEnd())
    .filter((line) => line.startsWith("/"))
    .map((line) => line.slice(1));
}
