import { join } from "node:path";
import { messageOf, VenvdebError } from "../errors.ts";
import { closeSync, lstatSync, openSync, readSync } from "../effects/fs.ts";
import type { ElfObject } from "./elf.ts";
import { hasElfMagic } from "./elf-header.ts";
import { isGlibcLibrary } from "./glibc.ts";
import { readElf } from "./read-elf.ts";
import type { ObjectFacts } from "./types.ts";

/** A file of the tree; `path` is relative to `/` of the machine. */
export interface ScannedFile {
  readonly path: string;
  /** Normalised by PEP 503. */
  readonly distribution?: string;
}

/**
 * The ELF programs and libraries among files of a tree below `root`, in the order given. Links are not followed; object
 * files, core files and separate debug information are left out, since no loader reads them. A damaged object is
 * reported by `broken`, for resolve.ts to judge.
 */
export async function scanObjects(root: string, files: readonly ScannedFile[]): Promise<ObjectFacts[]> {
  const objects: ObjectFacts[] = [];
  for (const file of files) {
    const path = join(root, file.path);
    if (!mayBeObject(path, file.path) || !beginsLikeElf(path)) continue;
    const facts = scanObject(path, file);
    if (facts !== undefined) objects.push(facts);
  }
  return objects;
}

/** An object can have any name, so names only excuse a file that is plainly something else and not executable. */
function mayBeObject(path: string, relative: string): boolean {
  const suffix = /\.[A-Za-z0-9_+-]+$/.exec(relative)?.[0];
  if (suffix === ".pyc") return false;
  const stats = lstatSync(path);
  if (!stats.isFile() || stats.size < 52) return false;
  return suffix === undefined || !textSuffixes.has(suffix.toLowerCase()) || (stats.mode & 0o111) !== 0;
}

const textSuffixes = new Set(
  (
    ".py .pyi .pyx .pxd .pxi .c .cc .cpp .cxx .h .hh .hpp .inc .f .f90 .rs .go .java .js .mjs .cjs .ts .map .css .scss " +
    ".html .htm .xhtml .xml .xsd .xsl .svg .json .jsonl .toml .yaml .yml .ini .cfg .conf .txt .md .rst .tex .csv .tsv " +
    ".sql .po .pot .mo .jinja .jinja2 .j2 .mako .tmpl .tpl .typed .png .jpg .jpeg .gif .ico .webp .woff .woff2 .ttf " +
    ".otf .eot .pdf .gz .bz2 .xz .zip .npy .npz .pem .crt"
  ).split(" "),
);

function beginsLikeElf(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const magic = Buffer.alloc(4);
    return readSync(file, magic, 0, 4, 0) === 4 && hasElfMagic(magic);
  } finally {
    closeSync(file);
  }
}

function scanObject(path: string, file: ScannedFile): ObjectFacts | undefined {
  const origin = {
    path: file.path,
    ...(file.distribution === undefined ? {} : { distribution: file.distribution }),
  };
  try {
    return readElf(path, (object) =>
      object === undefined || !isLoadable(object) ? undefined : { ...origin, ...factsOf(object) },
    );
  } catch (error) {
    if (!(error instanceof VenvdebError)) throw error;
    return { ...origin, ...nothing, broken: messageOf(error).replace(/^Cannot read ELF object: /, "") };
  }
}

function isLoadable(object: ElfObject): boolean {
  return object.type === "executable" || object.type === "shared";
}

const nothing = {
  abi: { class: 64, littleEndian: true, machine: 0, flags: 0, osAbi: 0 },
  libc: "none",
  needed: [],
  searchPath: [],
  versionNeeds: [],
  symbols: [],
} as const;

function factsOf(object: ElfObject): Omit<ObjectFacts, "path" | "distribution"> {
  const { class: elfClass, littleEndian, machine, flags, osAbi, soname } = object;
  return {
    abi: { class: elfClass, littleEndian, machine, flags, osAbi },
    libc: object.libc,
    ...(soname === undefined ? {} : { soname }),
    needed: object.needed,
    searchPath: object.runpath.length > 0 ? object.runpath : object.rpath,
    versionNeeds: object.versionNeeds,
    symbols: foreignSymbols(object),
  };
}

/** The symbols that a symbols file may be asked for: glibc's are known by their versions, the interpreter's come with it. */
function foreignSymbols(object: ElfObject): string[] {
  if (object.needed.every(isGlibcLibrary)) return [];
  const embeds = object.needed.some((name) => name.startsWith("libpython"));
  const symbols = object
    .undefinedSymbols()
    .filter(({ name, version }) =>
      version === undefined ? embeds || !/^_?Py/.test(name) : !version.startsWith("GLIBC_"),
    );
  return symbols.map(({ name, version = "Base" }) => `${name}@${version}`);
}
