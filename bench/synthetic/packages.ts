import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { AR_MAGIC, arHeader, arPadding } from "../../src/deb/ar.ts";
import { renderControl } from "../../src/deb/control.ts";
import { writeTar } from "../../src/deb/tar.ts";
import type { PackageEntry } from "../../src/deb/entry.ts";
import { randomNumbers, randomText } from "./random.ts";

const TIME = 1_735_689_600;

/**
 * Writes packages that differ in names, versions, architectures, relations, descriptions and sizes as real ones do:
 * the same for the same numbers. Gives their paths.
 */
export async function writePackages(folder: string, count: number, first = 0): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  for (let index = first; index < first + count; index++) paths.push(await writePackage(folder, index));
  return paths;
}

async function writePackage(folder: string, index: number): Promise<string> {
  const random = randomNumbers(index + 1);
  const pick = <T>(items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0];
  const family = pick(["lib", "python3-", "golang-", "node-", "app-", "fonts-", ""]);
  // One in five is another version of the package before it.
  const number = index % 5 === 4 ? index - 1 : index;
  const name = `${index % 5 === 4 ? "app-" : family}synthetic${number}`;
  const version = `${pick(["", "1:", "2:"])}${Math.floor(random() * 9)}.${index % 40}${pick(["", "~rc1", "+dfsg"])}-${1 + (index % 3)}`;
  const architecture = pick(["amd64", "all", "amd64"]);
  const relations = Array.from(
    { length: Math.floor(random() * 8) },
    () => `libsynthetic${Math.floor(random() * 10_000)} (>= ${Math.floor(random() * 5)}.0)`,
  );
  const control = renderControl({
    package: name,
    version,
    architecture,
    maintainer: `Maintainer ${index % 97} <m${index % 97}@example.org>`,
    installedSize: 1 + Math.floor(random() * 4000),
    depends: relations,
    section: pick(["misc", "libs", "python", "net", "devel"]),
    priority: "optional",
    homepage: `https://example.org/${name}`,
    synopsis: randomText(50, random).trim(),
    description: randomText(100 + Math.floor(random() * 600), random),
  });
  const folders = ["usr", "usr/share", "usr/share/doc", `usr/share/doc/${name}`];
  const text = Buffer.from(randomText(200 + Math.floor(random() * 4000), random));
  const members = [
    ["debian-binary", Buffer.from("2.0\n")],
    ["control.tar.gz", await pack([file("control", Buffer.from(control))])],
    [
      "data.tar.gz",
      await pack([
        ...folders.map((path): PackageEntry => ({ kind: "directory", path, mode: 0o755 })),
        file(`usr/share/doc/${name}/copyright`, text),
      ]),
    ],
  ] as const;
  const parts = members.flatMap(([member, data]) => [
    arHeader(member, data.length, TIME),
    data,
    arPadding(data.length),
  ]);
  const path = join(folder, `${name}_${version.replace(/^\d+:/, "")}_${architecture}.deb`);
  writeFileSync(path, Buffer.concat([Buffer.from(AR_MAGIC), ...parts]));
  return path;
}

async function pack(entries: readonly PackageEntry[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  await writeTar([{ id: "all", mtime: TIME, entries }], { rootTime: TIME, isLast: true }, async (chunk) => {
    chunks.push(chunk);
  });
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}

function file(path: string, data: Buffer): PackageEntry {
  return { kind: "data", path, mode: 0o644, data };
}
