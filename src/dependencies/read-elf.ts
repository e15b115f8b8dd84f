import { closeSync, fstatSync, openSync, readSync } from "../effects/fs.ts";
import { boundedSource, type ByteSource } from "./elf-bytes.ts";
import { parseElfSource, type ElfObject } from "./elf.ts";

/**
 * Reads an object from disk, only the pages that matter: an object of 100 MB costs a few reads. `use` gets it while
 * the file is open, since symbols are read when asked for; `undefined` when the file is no ELF object.
 * @throws VenvdebError DEPENDS_BAD_ELF
 */
export function readElf<T>(path: string, use: (object: ElfObject | undefined) => T): T {
  const file = openSync(path, "r");
  try {
    return use(parseElfSource(pagedSource(file)));
  } finally {
    closeSync(file);
  }
}

const pageSize = 16_384;

/** Reads whole pages once; a longer piece is read directly. */
function pagedSource(file: number): ByteSource {
  const pages = new Map<number, Uint8Array>();
  return boundedSource(fstatSync(file).size, (offset, length) => {
    const page = Math.floor(offset / pageSize);
    const start = offset - page * pageSize;
    if (start + length > pageSize) return readAt(file, offset, length);
    let bytes = pages.get(page);
    if (bytes === undefined) {
      bytes = readAt(file, page * pageSize, pageSize);
      pages.set(page, bytes);
    }
    return bytes.subarray(start, start + length);
  });
}

function readAt(file: number, offset: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
