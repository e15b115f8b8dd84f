import { join } from "node:path";
import { closeSync, lstatSync, openSync, readFileSync, readlinkSync, readSync } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import { listFiles } from "./files.ts";
import { findNeedle, type Needle } from "./needles.ts";

/** One place where something of the builder was left. */
export interface Leak {
  /** Relative to the tree. */
  readonly path: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly needle: Needle;
}

export interface AuditOptions {
  /** Absolute. */
  readonly tree: string;
  readonly needles: readonly Needle[];
  /** Whether a file is as its publisher made it: such may hold other people's home folders. */
  readonly isPublished: (path: string) => boolean;
}

/**
 * Searches every byte of every file, every link and every name of a tree for traces of the machine that built it.
 * @throws VenvdebError RELOCATE_LEAK with all places, the first twenty written out
 */
export function auditTree(options: AuditOptions): void {
  const leaks = findLeaks(options);
  const [first] = leaks;
  if (!first) return;
  const shown = leaks
    .slice(0, SHOWN)
    .map(({ path, offset, needle }) => `  ${path}: byte ${offset}: ${needle.what} (${needle.text})`);
  const more = leaks.length > SHOWN ? [`  … and ${leaks.length - SHOWN} more`] : [];
  throw new VenvdebError(
    "RELOCATE_LEAK",
    `Cannot package "${first.path}": ${leaks.length === 1 ? "it holds" : `${leaks.length} places hold`} what belongs to this machine only\n${[...shown, ...more].join("\n")}`,
    { hint: "find what writes this path (a generated file, a build flag) and leave it out of the wheel" },
  );
}

const SHOWN = 20;

/** Every leak of a tree, in the order of its files. */
export function findLeaks({ tree, needles, isPublished }: AuditOptions): Leak[] {
  return listFiles(tree).flatMap((path) => {
    const wanted = isPublished(path) ? needles.filter(({ personal }) => !personal) : needles;
    return searchFile(tree, path, wanted);
  });
}

function searchFile(tree: string, path: string, needles: readonly Needle[]): Leak[] {
  const full = join(tree, path);
  const stats = lstatSync(full);
  const found = search(Buffer.from(path), needles);
  if (stats.isSymbolicLink()) found.push(...search(Buffer.from(readlinkSync(full)), needles));
  else if (stats.isFile() && stats.size <= WINDOW) found.push(...search(readFileSync(full), needles));
  else if (stats.isFile()) found.push(...searchWindows(full, stats.size, needles));
  return found.map(({ offset, needle }) => ({ path, offset, needle }));
}

type Found = Omit<Leak, "path">;

function search(bytes: Buffer, needles: readonly Needle[]): Found[] {
  return needles.flatMap((needle) => {
    const offset = findNeedle(bytes, needle);
    return offset === -1 ? [] : [{ offset, needle }];
  });
}

const WINDOW = 32 * 1024 * 1024;
/** More than any needle and the bytes around it that decide. */
const OVERLAP = 8192;

/** Windows overlap, so that nothing hides on the border of two. */
function searchWindows(path: string, size: number, needles: readonly Needle[]): Found[] {
  const file = openSync(path, "r");
  const window = Buffer.allocUnsafe(WINDOW);
  const found = new Map<Needle, Found>();
  try {
    for (let start = 0; start < size; start += WINDOW - OVERLAP) {
      const length = readSync(file, window, 0, WINDOW, start);
      const open = needles.filter((needle) => !found.has(needle));
      for (const leak of search(window.subarray(0, length), open))
        found.set(leak.needle, { ...leak, offset: leak.offset + start });
    }
  } finally {
    closeSync(file);
  }
  return [...found.values()];
}
