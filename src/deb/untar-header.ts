import { VenvdebError } from "../errors.ts";

/** The fields of one 512-byte header, names not yet checked. */
export interface RawHeader {
  readonly name: string;
  readonly target: string;
  /** Type flag; `0` for the old NUL. */
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
  readonly owner: { readonly user: string; readonly group: string };
}

/**
 * Reads a ustar or GNU header; nothing for a block of zeros, the end of the archive.
 * @throws VenvdebError DEB_BAD_TAR, DEB_TRUNCATED
 */
export function parseTarHeader(bytes: Uint8Array): RawHeader | undefined {
  if (bytes.length < 512)
    throw new VenvdebError(
      "DEB_TRUNCATED",
      "Cannot read the package: its tar ends in the middle of a header",
    );
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (block.every((byte) => byte === 0)) return undefined;
  if (parseNumber(block, 148, 8) !== checksum(block)) throw badHeader("its checksum is wrong");
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    target: text(block, 157, 100),
    type: block[156] === 0 ? "0" : block.toString("latin1", 156, 157),
    mode: parseNumber(block, 100, 8) & 0o7777,
    size: parseNumber(block, 124, 12),
    mtime: parseNumber(block, 136, 12),
    owner: {
      user: text(block, 265, 32) || String(parseNumber(block, 108, 8)),
      group: text(block, 297, 32) || String(parseNumber(block, 116, 8)),
    },
  };
}

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

/** Octal, or GNU's big-endian binary form when the first bit is set. */
function parseNumber(block: Buffer, start: number, length: number): number {
  const field = block.subarray(start, start + length);
  const value = field[0] === 0x80 ? binary(field.subarray(1)) : octal(field);
  if (value === undefined || !Number.isSafeInteger(value))
    throw badHeader("a number in it is damaged or absurd");
  return value;
}

function octal(field: Buffer): number | undefined {
  const digits = /^ *([0-7]*)[ \0]*$/.exec(field.toString("latin1"))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits || "0", 8);
}

function binary(field: Buffer): number {
  return field.reduce((value, byte) => value * 256 + byte, 0);
}

/** The sum of all bytes, the checksum's own taken as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < 512; index++) if (index < 148 || index >= 156) sum += block[index] ?? 0;
  return sum;
}

function badHeader(problem: string): VenvdebError {
  return new VenvdebError("DEB_BAD_TAR", `Cannot read the package: a tar header is damaged: ${problem}`);
}
