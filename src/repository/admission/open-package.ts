import { createHash } from "node:crypto";
import type { ArMember } from "../../deb/ar.ts";
import { findMembers, readFrom, withDebFile, type DebMembers } from "../../deb/members.ts";
import { createReadStream } from "../../effects/fs.ts";
import { VenvdebError } from "../../errors.ts";
import type { StoredMember } from "./unpack-members.ts";

/** A package's file after its one pass: hashed, its control.tar in memory as it is stored. */
export interface OpenedPackage {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  readonly control: StoredMember;
  /** With its bytes when they are few and `keepsData` asked for them. */
  readonly data: ArMember & { readonly bytes?: Uint8Array };
}

/**
 * Hashes a package's file and takes its control.tar out. Most packages are small: one read in place is then several
 * times faster than a stream.
 * @throws VenvdebError DEB_NOT_A_PACKAGE, DEB_TRUNCATED, DEB_BAD_CONTROL
 */
export async function openPackage(file: string, keepsData: boolean): Promise<OpenedPackage> {
  const { sha256, ...head } = withDebFile(file, ({ fd, size }) =>
    size <= SMALL ? readSmall(file, readWhole(fd, size), keepsData) : readHead(file, fd, size),
  );
  return { ...head, sha256: sha256 ?? (await hashFile(file, head.size)) };
}

type Head = Omit<OpenedPackage, "sha256"> & { readonly sha256?: string };

const SMALL = 2 * 1024 * 1024;
/** Of a data.tar that is unpacked in memory, with others. */
const SMALL_DATA = 128 * 1024;
/** Of the stored control.tar. It holds a line for each file at most, so real ones are far below. */
const CONTROL_MEMBER_LIMIT = 16 * 1024 * 1024;

/** What is kept of it is copied: so that ten thousand files take the memory of one. */
function readWhole(fd: number, size: number): Uint8Array {
  scratch ??= Buffer.allocUnsafeSlow(SMALL);
  return readFrom(fd, scratch)(0, size);
}

let scratch: Buffer | undefined;

function readSmall(file: string, bytes: Uint8Array, keepsData: boolean): Head {
  const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
  const members = findMembers(file, read, bytes.length);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const head = headOf(file, members, read, bytes.length);
  const { offset, size } = head.data;
  if (!keepsData || size > SMALL_DATA) return { ...head, sha256 };
  return { ...head, sha256, data: { ...head.data, bytes: Uint8Array.from(read(offset, size)) } };
}

function readHead(file: string, fd: number, size: number): Head {
  const read = readFrom(fd);
  return headOf(file, findMembers(file, read, size), read, size);
}

function headOf(
  file: string,
  { control, data }: DebMembers,
  read: (offset: number, length: number) => Uint8Array,
  size: number,
): Head {
  if (control.size > CONTROL_MEMBER_LIMIT)
    throw new VenvdebError(
      "DEB_BAD_CONTROL",
      `Cannot read "${file}": ${control.name} has ${control.size} bytes (wanted: at most ${CONTROL_MEMBER_LIMIT})`,
    );
  // A copy, so that the whole file does not stay in memory with it.
  const bytes = Uint8Array.from(read(control.offset, control.size));
  return { file, size, control: { name: control.name, bytes }, data };
}

async function hashFile(file: string, size: number): Promise<string> {
  const hash = createHash("sha256");
  let read = 0;
  const chunks: AsyncIterable<Uint8Array> = createReadStream(file, { highWaterMark: 1024 * 1024 });
  for await (const chunk of chunks) {
    hash.update(chunk);
    read += chunk.length;
  }
  if (read === size) return hash.digest("hex");
  throw new VenvdebError(
    "REPO_FILE_CHANGED",
    `Cannot read "${file}": it had ${size} bytes and now has ${read} (wanted: a finished package)`,
    { hint: "run again when nothing writes there" },
  );
}
