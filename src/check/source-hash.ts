import { sipHash, type SipRounds } from "./siphash.ts";

/** What a release of CPython puts at the head of its bytecode. Fixed once the release is out. */
interface BytecodeFormat {
  /** Two bytes; `\r\n` follows. */
  readonly magic: number;
  readonly rounds: SipRounds;
}

const OLD: SipRounds = { perWord: 2, atEnd: 4 };
const NEW: SipRounds = { perWord: 1, atEnd: 3 };

/** By the minor version of Python 3 (Lib/importlib/_bootstrap_external.py of each). */
const FORMATS: ReadonlyMap<number, BytecodeFormat> = new Map([
  [8, { magic: 3413, rounds: OLD }],
  [9, { magic: 3425, rounds: OLD }],
  [10, { magic: 3439, rounds: OLD }],
  [11, { magic: 3495, rounds: NEW }],
  [12, { magic: 3531, rounds: NEW }],
  [13, { magic: 3571, rounds: NEW }],
]);

/** The magic number of `3.<minor>`'s bytecode, where known. */
export function bytecodeMagic(minor: number): number | undefined {
  return FORMATS.get(minor)?.magic;
}

/** The hash of a source, in hex, that hash-based bytecode of `3.<minor>` carries (PEP 552); nothing for unknown releases. */
export function sourceHashOf(source: Uint8Array, minor: number): string | undefined {
  const format = FORMATS.get(minor);
  return format && sipHash(source, 0x0a0d0000 | format.magic, format.rounds);
}
