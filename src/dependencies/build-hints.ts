import { once, readDataFile } from "./data-file.ts";

/** data/build-hints.json: what a build may miss, to its package in Debian 12. */
interface BuildHints {
  /** C and C++ headers as they are included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly programs: Readonly<Record<string, string>>;
  /** pkg-config modules. */
  readonly modules: Readonly<Record<string, string>>;
  /** Libraries by their linker name: `pq` of `-lpq`. */
  readonly libraries: Readonly<Record<string, string>>;
}

/**
 * The Debian packages that a failed build from source misses, as the command that installs them; `undefined` when the
 * log names nothing that we know.
 */
export function hintFromBuildLog(log: string): string | undefined {
  const found = findMissing(log, certain);
  const missing = found.length > 0 ? found : findMissing(log, likely).slice(-1);
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((one) => packageOf(one, log)))];
  const names = [...new Set(missing.map(({ name }) => name))];
  return `apt-get install ${packages.join(" ")} (the build misses ${names.join(", ")})`;
}

interface Missing {
  readonly name: string;
  readonly package: string;
}

interface Clue {
  readonly kind: keyof BuildHints;
  /** The first group is the name, where `name` is absent. */
  readonly pattern: RegExp;
  readonly name?: string;
}

/**
 * What compilers, linkers, shells, Python and pkg-config say when something is not there. Names are bounded and begin
 * where a word does, so that a log of any shape is read in linear time.
 */
const certain: readonly Clue[] = [
  {
    kind: "headers",
    pattern: /fatal error: '?([^\s':]{1,200})'?(?:: No such file or directory| file not found)/g,
  },
  {
    kind: "headers",
    pattern: /(?<![\w./-])([\w./-]{1,200}\.h)(?: header)? (?:not found|is missing|could not be found)/g,
  },
  {
    kind: "programs",
    pattern: /No such file or directory: ?b?['"](?:[^\s'"]{0,200}\/)?([^\s'"/]{1,100})['"]/g,
  },
  {
    kind: "programs",
    pattern:
      /(?:command|unable to execute) ['"]?([\w.+-]{1,100})['"]? ?(?:failed)?: No such file or directory/g,
  },
  { kind: "programs", pattern: /(?<![\w.+/-])([\w.+-]{1,100})['"`]?: (?:command )?not found/g },
  { kind: "programs", pattern: /(?<![\w.+/-])([\w.+-]{1,100})['"`]? executable not found/g },
  {
    kind: "programs",
    pattern:
      /(?:Unknown compiler\(s\): \[\['|[Cc]ould not (?:find|locate) (?:the )?(?:an )?(?:executable )?['"`]?)([\w.+-]{1,100})/g,
  },
  {
    kind: "modules",
    pattern: /Package '?([\w.+-]{1,100})'?(?:, required by '[^'\n]{0,100}',)? (?:was )?not found/g,
  },
  { kind: "modules", pattern: /No package '([^'\n]{1,100})' found/g },
  { kind: "modules", pattern: /Dependency "([^"\n]{1,100})" not found/g },
  { kind: "libraries", pattern: /cannot find -l:?(?:lib)?([\w+-]{1,100})/g },
  {
    kind: "programs",
    name: "cargo",
    pattern:
      /can't find Rust compiler|Rust toolchain[^\n]{0,80}not|requires? (?:Rust|Cargo)|Cargo, the Rust package manager, is not installed/gi,
  },
  {
    kind: "programs",
    name: "cmake",
    pattern:
      /CMake must be installed|CMake[^\n]{0,40} not (?:installed|found)|[Cc]ouldn't find CMake|Problem with the CMake installation/g,
  },
  { kind: "programs", name: "gfortran", pattern: /no Fortran compiler/gi },
  {
    kind: "programs",
    name: "gcc",
    pattern:
      /no acceptable C compiler found|CMAKE_C(?:XX)?_COMPILER not set|No CMAKE_C(?:XX)?_COMPILER could be found|C compiler cannot create executables/g,
  },
];

/** What may also be said of something optional: only the last one, and only where nothing else is found. */
const likely: readonly Clue[] = [
  { kind: "modules", pattern: /dependency ([\w.+-]{1,100}) found: NO/g },
  { kind: "programs", pattern: /Program ([\w.+-]{1,100}) found: NO/g },
];

function findMissing(log: string, clues: readonly Clue[]): Missing[] {
  return clues.flatMap(({ kind, pattern, name }) => {
    const known = hints()[kind];
    const names = [...log.matchAll(pattern)].map(([, found = ""]) => name ?? found);
    return [...new Set(names)].flatMap((one) => {
      const found = Object.hasOwn(known, one) ? known[one] : undefined;
      return found === undefined ? [] : [{ name: one, package: found }];
    });
  });
}

/** The headers of the interpreter that compiles, which need not be the default one. */
function packageOf(missing: Missing, log: string): string {
  const minor = /\/include\/python(3\.\d+)/.exec(log)?.[1];
  return missing.package === "python3-dev" && minor !== undefined ? `python${minor}-dev` : missing.package;
}

const hints = once((): BuildHints => JSON.parse(readDataFile("data/build-hints.json")));
