import { posix } from "node:path";
import { VenvdebError } from "../errors.ts";
import { describeAbi, matchesArchitecture } from "./architectures.ts";
import type { DependencyWarning, ObjectFacts } from "./types.ts";
import { fitsWildcard } from "./wildcard.ts";

export interface Loadable {
  /** The objects that the target's loader can load. */
  readonly objects: readonly ObjectFacts[];
  readonly warnings: readonly DependencyWarning[];
  /** Patterns that let something pass. */
  readonly usedPatterns: ReadonlySet<string>;
}

/**
 * Sorts out what the target cannot load. A wheel may carry programs for other machines as data (a debugger's helpers,
 * a freezer's boot loaders) beside its own; that is a warning. A wheel with nothing for the target, or a damaged or
 * foreign extension module, is the wrong wheel, unless the file's name is in `ignore`.
 * @throws VenvdebError DEPENDS_BAD_ELF, DEPENDS_WRONG_MACHINE
 */
export function selectLoadable(
  all: readonly ObjectFacts[],
  architecture: string,
  ignore: readonly string[],
): Loadable {
  const usedPatterns = new Set<string>();
  const isIgnored = (object: ObjectFacts) => {
    const pattern = ignore.find((one) => fitsWildcard(posix.basename(object.path), one));
    if (pattern !== undefined) usedPatterns.add(pattern);
    return pattern !== undefined;
  };
  const broken = all.filter((object) => object.broken !== undefined && !isIgnored(object));
  const damaged = broken.filter(({ path }) => /\.so(?:\.\d+)*$/.test(path));
  if (damaged.length > 0) throw damagedObjects(damaged);
  const sound = all.filter((object) => object.broken === undefined);
  const problems = new Map(sound.map((object) => [object, foreignness(object, architecture)]));
  const objects = sound.filter((object) => problems.get(object) === undefined);
  const equipped = new Set(objects.map(({ distribution }) => distribution));
  const foreign = sound.filter((object) => problems.get(object) !== undefined && !isIgnored(object));
  const wrong = foreign.filter((object) => !equipped.has(object.distribution) || isExtension(object));
  if (wrong.length > 0) throw wrongMachine(wrong, architecture);
  return {
    objects,
    usedPatterns,
    warnings: [
      ...broken.map((object) => ({
        message: `${object.path} begins like an ELF object and is none: ${object.broken ?? ""}; taken as data`,
      })),
      ...foreign.map((object) => ({
        message: `${object.path} is for ${problems.get(object) ?? ""}, not for ${architecture}; taken as data`,
      })),
    ],
  };
}

/** What an object is for, when that is not the target. */
function foreignness(object: ObjectFacts, architecture: string): string | undefined {
  if (!matchesArchitecture(object.abi, architecture)) return describeAbi(object.abi);
  if (object.libc === "musl") return `${architecture} with musl`;
  return object.libc === "android" ? `${architecture} with Android's C library` : undefined;
}

function isExtension({ path }: ObjectFacts): boolean {
  return /\.(?:cpython-[^/]*|abi3)\.so$/.test(path);
}

function damagedObjects(objects: readonly ObjectFacts[]): VenvdebError {
  return new VenvdebError(
    "DEPENDS_BAD_ELF",
    `Cannot read the libraries of ${nameWheels(objects)}: ${objects.length === 1 ? "an ELF object is damaged" : `${objects.length} ELF objects are damaged`} (wanted: objects that the loader can load)\n` +
      objects.map(({ path, broken = "" }) => `  ${path}: ${broken}`).join("\n"),
    {
      hint: `fetch the wheel again, or report it to its makers; ${ignoreFiles(objects)} takes the file as data`,
    },
  );
}

function wrongMachine(objects: readonly ObjectFacts[], architecture: string): VenvdebError {
  const lines = objects.map(
    (object) =>
      `  ${object.distribution ?? "(no distribution)"}: ${object.path} is for ${foreignness(object, architecture) ?? ""}`,
  );
  return new VenvdebError(
    "DEPENDS_WRONG_MACHINE",
    `Cannot package ${nameWheels(objects)} for ${architecture}: ${objects.length === 1 ? "an object is" : `${objects.length} objects are`} for another machine (wanted: ${architecture} with glibc)\n` +
      lines.slice(0, mostLines).join("\n") +
      (lines.length > mostLines ? `\n  and ${lines.length - mostLines} more` : ""),
    {
      hint: `install the wheel for ${architecture} and glibc (manylinux), or build it from source here; ${ignoreFiles(objects)} takes the files as data`,
    },
  );
}

const mostLines = 20;

function nameWheels(objects: readonly ObjectFacts[]): string {
  const names = [...new Set(objects.map(({ distribution = "the environment" }) => distribution))];
  return names.map((name) => `"${name}"`).join(", ");
}

function ignoreFiles(objects: readonly ObjectFacts[]): string {
  const names = [...new Set(objects.map(({ path }) => posix.basename(path)))].slice(0, 5);
  return `shlibs = { ignore = [${names.map((name) => JSON.stringify(name)).join(", ")}] }`;
}
