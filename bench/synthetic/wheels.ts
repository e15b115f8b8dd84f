import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { randomNumbers, randomText } from "./random.ts";

export interface Shape {
  readonly distributions: number;
  /** Modules and data files of all distributions. */
  readonly files: number;
  /** Of all files. */
  readonly bytes: number;
}

/** Writes a project with a lock (PEP 751) of wheels beside it: so many distributions, files and bytes. */
export function writeSyntheticProject(directory: string, { distributions, files, bytes }: Shape): void {
  const folder = join(directory, "wheels");
  mkdirSync(folder, { recursive: true });
  const names = Array.from(
    { length: distributions },
    (_, index) => `synth-${String(index).padStart(4, "0")}`,
  );
  const each = Math.max(1, Math.round(files / distributions));
  const size = Math.max(40, Math.round(bytes / (each * distributions)));
  const packages = names.map((name, index) =>
    writeWheel(folder, name, { files: each, size, seed: index + 1 }),
  );
  writeFileSync(
    join(directory, "pyproject.toml"),
    `[project]\nname = "grown"\nversion = "1.0"\ndescription = "A synthetic application"\nrequires-python = ">=3.11"\nmaintainers = [{ name = "Bench", email = "bench@example.org" }]\ndependencies = ${JSON.stringify(names)}\n\n[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n\n[tool.setuptools]\npy-modules = ["grown"]\n`,
  );
  writeFileSync(join(directory, "grown.py"), 'ANSWER = "first"\n');
  writeFileSync(
    join(directory, "pylock.toml"),
    `lock-version = "1.0"\ncreated-by = "bench"\nrequires-python = ">=3.11"\n\n${packages.join("\n")}`,
  );
}

/** One file in ten is a module, the others are data: nobody's time should go into compiling. */
function writeWheel(
  folder: string,
  name: string,
  shape: { files: number; size: number; seed: number },
): string {
  const module = name.replaceAll("-", "_");
  const random = randomNumbers(shape.seed);
  // The same bytes behind a first line that differs: made once, since making them would take longer than packing.
  const body = randomText(Math.min(shape.size, 1 << 20), random);
  const members = new Map<string, Buffer>();
  for (let index = 0; index < shape.files; index++) {
    const isModule = index % 10 === 0 && shape.size < 100_000;
    const first = `# ${name} ${index}\n`;
    const text = Buffer.from(isModule ? `${first}TEXT = """${body}"""\n` : first);
    const repeats = Math.max(1, Math.ceil((shape.size - text.length) / Math.max(1, body.length)));
    const data = isModule
      ? text
      : Buffer.concat([text, Buffer.from(body.repeat(repeats)).subarray(0, shape.size)]);
    const path = `${module}/p${Math.floor(index / 100)}/${isModule ? `m${index}.py` : `d${index}.txt`}`;
    members.set(path, data);
  }
  const info = `${module}-1.0.dist-info`;
  const text = (path: string, content: string) => members.set(`${info}/${path}`, Buffer.from(content));
  text("METADATA", `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`);
  text("WHEEL", "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
  const rows = [...members].map(([path, data]) => {
    const digest = createHash("sha256").update(data).digest("base64url");
    return `${path},sha256=${digest},${data.length}\n`;
  });
  text("RECORD", `${rows.join("")}${info}/RECORD,,\n`);
  const filename = `${module}-1.0-py3-none-any.whl`;
  const sha256 = writeZip(join(folder, filename), members);
  return `[[packages]]\nname = "${name}"\nversion = "1.0"\n\n[[packages.wheels]]\nname = "${filename}"\npath = "wheels/${filename}"\n\n[packages.wheels.hashes]\nsha256 = "${sha256}"\n`;
}

/** Stored members, dated 2020-01-01; gives the SHA-256. */
function writeZip(path: string, members: ReadonlyMap<string, Buffer>): string {
  const digest = createHash("sha256");
  const file = openSync(path, "w");
  const table: Buffer[] = [];
  let offset = 0;
  const write = (bytes: Buffer) => {
    digest.update(bytes);
    writeSync(file, bytes);
    offset += bytes.length;
  };
  for (const [name, data] of members) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(0x50_21_00_00, 6);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0o100644 * 65_536, 6);
    rest.writeUInt32LE(offset, 10);
    table.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0003"), common, rest, Buffer.from(name)]));
    write(Buffer.concat([Buffer.from("PK\u0003\u0004"), common, Buffer.from(name)]));
    write(data);
  }
  const directory = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(table.length, 8);
  end.writeUInt16LE(table.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  write(Buffer.concat([directory, end]));
  closeSync(file);
  return digest.digest("hex");
}
