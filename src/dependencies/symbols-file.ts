import { compareDebianVersions, isDebianVersion } from "../deb/version.ts";
import { parseSymbolLine, parseTags, type SymbolPattern, type SymbolTags } from "./symbol-line.ts";
import type { LibrarySymbols, SymbolNeed } from "./types.ts";

export interface SymbolsOptions {
  /** Debian's name: symbols of other architectures are left out. */
  readonly architecture: string;
  /** The text of a file named by `#include`, relative to the file's folder; `undefined` when there is none. */
  readonly include?: (name: string) => string | undefined;
}

/**
 * Reads a symbols file (deb-symbols(5), deb-src-symbols(5)): the libraries in it by SONAME. Symbols marked as missing
 * or deprecated count for the smallest version only, as in dpkg-shlibdeps. Lines that are none are skipped.
 * A `(c++)` pattern matches nothing: packages carry symbols files with the plain names.
 */
export function parseSymbols(text: string, options: SymbolsOptions): Map<string, LibrarySymbols> {
  const state: State = { options, libraries: new Map(), current: undefined, open: new Set() };
  readLines(text, state, {});
  return new Map([...state.libraries].map(([soname, library]) => [soname, librarySymbols(library)]));
}

interface State {
  readonly options: SymbolsOptions;
  readonly libraries: Map<string, Library>;
  current: Library | undefined;
  /** Files being included, against loops. */
  readonly open: Set<string>;
}

interface Library {
  templates: string[];
  readonly fields: Map<string, string>;
  readonly symbols: Map<string, SymbolNeed>;
  readonly patterns: SymbolPattern[];
  /** Minimal versions of symbols of the main template. */
  readonly minimums: Set<string>;
}

function readLines(text: string, state: State, inherited: SymbolTags): void {
  for (const line of text.split("\n")) {
    if (/^\s+\S/.test(line)) addSymbol(line.trimStart(), state, inherited, false);
    else if (line.startsWith("#MISSING:") || line.startsWith("#DEPRECATED:"))
      addSymbol(line.replace(/^#[^#]*#\s*/, ""), state, inherited, true);
    else if (/^(?:\([^)]*\))?#include\s/.test(line)) include(line, state, inherited);
    else if (line === "" || line.startsWith("#")) continue;
    else addHeader(line, state);
  }
}

function addSymbol(line: string, state: State, inherited: SymbolTags, deprecated: boolean): void {
  const symbol = parseSymbolLine(line, state.options.architecture, inherited);
  const library = state.current;
  if (symbol === undefined || library === undefined) return;
  const { name, pattern, ...need } = symbol;
  if (pattern !== undefined) {
    if (!deprecated) library.patterns.push(pattern);
    return;
  }
  if (need.template === 0) library.minimums.add(need.minimalVersion);
  if (deprecated) library.symbols.delete(name);
  else library.symbols.set(name, need);
}

function include(line: string, state: State, inherited: SymbolTags): void {
  const [, tags = "", name] = /^(?:\(([^)]*)\))?#include\s+"([^"]+)"/.exec(line) ?? [];
  if (name === undefined || state.open.has(name)) return;
  const text = state.options.include?.(name);
  if (text === undefined) return;
  state.open.add(name);
  readLines(text, state, { ...inherited, ...parseTags(tags) });
  state.open.delete(name);
}

function addHeader(line: string, state: State): void {
  const [, alternative] = /^\|\s*(.*)$/.exec(line) ?? [];
  const [, field, value] = /^\*\s*([^:]+):\s*(.*\S)\s*$/.exec(line) ?? [];
  if (alternative !== undefined) state.current?.templates.push(alternative.trim());
  else if (field !== undefined && value !== undefined)
    state.current?.fields.set(field.trim().toLowerCase(), value);
  else startLibrary(line, state);
}

function startLibrary(line: string, state: State): void {
  const [, soname, template] = /^([^\s|*]\S*)\s+(.*\S)\s*$/.exec(line) ?? [];
  if (soname === undefined || template === undefined) return;
  const known = state.libraries.get(soname);
  if (known !== undefined) known.templates = [template];
  state.current = known ?? {
    templates: [template],
    fields: new Map(),
    symbols: new Map(),
    patterns: [],
    minimums: new Set(),
  };
  state.libraries.set(soname, state.current);
}

function librarySymbols(library: Library): LibrarySymbols {
  const smallest = [...library.minimums].filter(isDebianVersion).toSorted(compareDebianVersions)[0];
  const devPackages =
    library.fields.get("build-depends-packages") ?? library.fields.get("build-depends-package") ?? "";
  return {
    templates: library.templates,
    ...(smallest === undefined ? {} : { smallestVersion: smallest }),
    listsVersions: [...library.symbols.keys()].some(isVersionNode),
    buildDependsPackages: devPackages.split(/[\s,]+/).filter((name) => name !== ""),
    lookup: (symbol) => library.symbols.get(symbol) ?? matchPattern(library.patterns, symbol),
  };
}

function isVersionNode(symbol: string): boolean {
  const at = symbol.indexOf("@");
  return at > 0 && symbol.slice(0, at) === symbol.slice(at + 1);
}

function matchPattern(patterns: readonly SymbolPattern[], symbol: string): SymbolNeed | undefined {
  return patterns.find((pattern) => pattern.matches(symbol))?.need;
}
