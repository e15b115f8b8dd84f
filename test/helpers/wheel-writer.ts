import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** A wheel to write, honest unless it is told to lie. */
export interface WheelSpec {
  readonly name: string;
  readonly version?: string;
  readonly files: Readonly<Record<string, string>>;
  /** Requires-Dist lines. */
  readonly requires?: readonly string[];
  /** Files that RECORD gives a false digest. */
  readonly lies?: readonly string[];
  /** Files that RECORD does not list. */
  readonly unlisted?: readonly string[];
  /** Lines that RECORD has besides. */
  readonly recordLines?: readonly string[];
  /** `entry_points.txt`, `direct_url.json`, …, in the dist-info. */
  readonly distInfo?: Readonly<Record<string, string>>;
}

/** Writes a pure wheel into a folder and gives its path and SHA-256. */
export async function writeWheel(folder: string, spec: WheelSpec): Promise<{ path: string; sha256: string }> {
  const { name, version = "1.0" } = spec;
  const bytes = zip(wheelFiles(spec));
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name.replaceAll(/[-.]+/g, "_")}-${version}-py3-none-any.whl`);
  await writeFile(path, bytes);
  return { path, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function wheelFiles(spec: WheelSpec): Record<string, string> {
  const { name, version = "1.0", files, requires = [], lies = [], unlisted = [], recordLines = [] } = spec;
  const folder = `${name.replaceAll(/[-.]+/g, "_")}-${version}.dist-info`;
  const needs = requires.map((line) => `Requires-Dist: ${line}\n`).join("");
  const all: Record<string, string> = {
    ...files,
    [`${folder}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs}`,
    [`${folder}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ...Object.fromEntries(
      Object.entries(spec.distInfo ?? {}).map(([file, text]) => [`${folder}/${file}`, text]),
    ),
  };
  const rows = Object.entries(all)
    .filter(([path]) => !unlisted.includes(path))
    .map(
      ([path, text]) =>
        `${path},${digest(lies.includes(path) ? `${text}!` : text)},${Buffer.byteLength(text)}`,
    );
  return { ...all, [`${folder}/RECORD`]: [...rows, ...recordLines, `${folder}/RECORD,,`, ""].join("\n") };
}

function digest(text: string): string {
  return `sha256=${createHash("sha256").update(text).digest("base64url")}`;
}

/** A zip archive of stored members, dated 2020-01-01. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const table: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const data = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt32LE(0x50_21_00_00, 6);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, name, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0o100644 * 65_536, 6);
    rest.writeUInt32LE(offset, 10);
    table.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0003"), common, rest, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(table.length, 8);
  end.writeUInt16LE(table.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
