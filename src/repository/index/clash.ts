import type { IndexedPackage } from "../types.ts";
import { firstStanza, listStanzas } from "./stanzas.ts";
import type { PackageIndex } from "./types.ts";

/** A package, and one that is listed with its name, version and architecture and other bytes. */
export interface Clash {
  readonly added: IndexedPackage;
  readonly listed: Pick<IndexedPackage, "filename" | "sha256">;
}

/** The first clash of some packages with an index. Only the chunks that can have one are read. */
export function findClash(index: PackageIndex, added: readonly IndexedPackage[]): Clash | undefined {
  const names = [...new Set(added.map(({ name }) => name))].toSorted((a, b) => (a < b ? -1 : 1));
  const wanted = new Map(added.map((one) => [identityOf(one), one]));
  const firsts = index.chunks.map(({ text }) => firstStanza(text).name);
  let next = 0;
  for (const [place, { text }] of index.chunks.entries()) {
    const [from, to] = [firsts[place] ?? "", firsts[place + 1]];
    while (isBefore(names[next], from)) next++;
    const name = names[next];
    if (name === undefined) return undefined;
    if (to !== undefined && name > to) continue;
    for (const listed of listStanzas(text)) {
      const one = wanted.get(identityOf(listed));
      if (one !== undefined && one.sha256 !== listed.sha256) return { added: one, listed };
    }
  }
  return undefined;
}

function isBefore(name: string | undefined, other: string): boolean {
  return name !== undefined && name < other;
}

function identityOf({
  name,
  version,
  architecture,
}: Pick<IndexedPackage, "name" | "version" | "architecture">): string {
  return `${name} ${version} ${architecture}`;
}
