import { architectureAbi, matchesArchitectureList } from "./architectures.ts";
import type { SymbolNeed } from "./types.ts";

/** Tags of a symbol or of an include: `{ arch: "amd64 i386", optional: "" }`. */
export type SymbolTags = Readonly<Record<string, string>>;

export interface SymbolLine extends SymbolNeed {
  /** `name@VERSION` */
  readonly name: string;
  readonly pattern?: SymbolPattern;
}

/** A line that stands for more than one symbol. */
export interface SymbolPattern {
  readonly need: SymbolNeed;
  matches(symbol: string): boolean;
}

/**
 * Reads one line of a symbols file: `(tag|tag=value)"name"@VERSION 1.2 1`; `undefined` when it is none, or is for
 * another architecture. `inherited` are the tags of the `#include` that brought it.
 */
export function parseSymbolLine(
  line: string,
  architecture: string,
  inherited: SymbolTags,
): SymbolLine | undefined {
  const [, tagText, rest = line] = /^\(([^)]*)\)(.*)$/.exec(line) ?? [];
  const tags = { ...inherited, ...parseTags(tagText ?? "") };
  const [, , quoted, plain = "", suffix = "", after = ""] =
    (tagText === undefined ? undefined : /^(["'])(.*?)\1()(\S*)(.*)$/.exec(rest)) ??
    /^()()(\S+)()(.*)$/.exec(rest) ??
    [];
  const [, minimalVersion, template = "0"] = /^\s+(\S+)(?:\s+(\d+))?/.exec(after) ?? [];
  const name = `${quoted === undefined || quoted === "" ? plain : quoted}${suffix}`;
  if (name === "" || minimalVersion === undefined || !isForArchitecture(tags, architecture)) return undefined;
  const need = { minimalVersion, template: Number(template) };
  return { name, ...need, ...patternOf(name, tags, need) };
}

/** Reads what stands between the parentheses: `optional|arch=amd64 i386`. */
export function parseTags(text: string): SymbolTags {
  const tags = text.split("|").filter((tag) => tag !== "");
  return Object.fromEntries(
    tags.map((tag) => {
      const equals = tag.indexOf("=");
      return equals < 0 ? [tag, ""] : [tag.slice(0, equals), tag.slice(equals + 1)];
    }),
  );
}

function isForArchitecture(tags: SymbolTags, architecture: string): boolean {
  const { arch, "arch-bits": bits, "arch-endian": endian } = tags;
  if (arch !== undefined && !matchesArchitectureList(architecture, arch.split(/[\s,]+/))) return false;
  const abi = architectureAbi(architecture);
  if (abi === undefined) return true;
  if (bits !== undefined && bits !== String(abi.bits)) return false;
  return endian === undefined || (endian === "little") === abi.littleEndian;
}

function patternOf(name: string, tags: SymbolTags, need: SymbolNeed): { pattern?: SymbolPattern } {
  const matches = matcherOf(name, tags);
  return matches === undefined ? {} : { pattern: { need, matches } };
}

function matcherOf(name: string, tags: SymbolTags): ((symbol: string) => boolean) | undefined {
  if ("c++" in tags) return () => false;
  if ("regex" in tags) return regexMatcher(name);
  const version = /^\*@(.+)$/.exec(name)?.[1] ?? ("symver" in tags ? name : undefined);
  if (version === undefined) return undefined;
  return (symbol) => symbol.slice(symbol.lastIndexOf("@") + 1) === version;
}

/** Perl's expressions are JavaScript's for what symbols files use; one that is not matches nothing. */
function regexMatcher(source: string): (symbol: string) => boolean {
  try {
    const expression = new RegExp(source);
    return (symbol) => expression.test(symbol);
  } catch {
    return () => false;
  }
}
