import { parseTOML, type AST } from "toml-eslint-parser";
import type { Key } from "./problem.ts";

/** Where something is in a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds keys and values in a TOML text that is known to be right. Gives a function from a path of keys to the position
 * of its value (or of its key), of the nearest thing around it when the path is not there.
 */
export function locateIn(toml: string): (path: readonly Key[], atKey: boolean) => Position {
  const places = new Map<string, Place>();
  for (const node of parseTOML(toml).body[0].body) {
    if (node.type === "TOMLTable") visitTable(node, places);
    else visitKeyValue(node, [], places);
  }
  return (path, atKey) => {
    for (let length = path.length; length > 0; length--) {
      const place = places.get(id(path.slice(0, length)));
      if (place !== undefined) return length === path.length && !atKey ? place.value : place.key;
    }
    return { line: 1, column: 1 };
  };
}

interface Place {
  readonly key: Position;
  readonly value: Position;
}

type Places = Map<string, Place>;

function visitTable(node: AST.TOMLTable, places: Places): void {
  note(node.resolvedKey, node.key.keys, places);
  for (const child of node.body) visitKeyValue(child, node.resolvedKey, places);
}

function visitKeyValue(node: AST.TOMLKeyValue, base: readonly Key[], places: Places): void {
  const path = [...base, ...node.key.keys.map(nameOf)];
  note(path, node.key.keys, places);
  const place = places.get(id(path));
  if (place !== undefined) places.set(id(path), { key: place.key, value: startOf(node.value) });
  visitValue(node.value, path, places);
}

function visitValue(node: AST.TOMLContentNode, path: readonly Key[], places: Places): void {
  if (node.type === "TOMLInlineTable") {
    for (const child of node.body) visitKeyValue(child, path, places);
  } else if (node.type === "TOMLArray") {
    for (const [index, element] of node.elements.entries()) {
      const at = startOf(element);
      places.set(id([...path, index]), { key: at, value: at });
      visitValue(element, [...path, index], places);
    }
  }
}

/** `[a.b.c]` and `a.b.c = 1` name a and a.b too. In `[[a]]` the path has an index which no key stands for. */
function note(path: readonly Key[], keys: readonly (AST.TOMLBare | AST.TOMLQuoted)[], places: Places): void {
  let used = keys.length;
  for (let length = path.length; length > 0 && used > 0; length--) {
    const key = keys[used - 1];
    if (typeof path[length - 1] === "string") used--;
    if (key === undefined) return;
    const at = startOf(key);
    const known = places.get(id(path.slice(0, length)));
    places.set(id(path.slice(0, length)), known ?? { key: at, value: at });
  }
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

function startOf(node: { readonly loc: AST.SourceLocation }): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function id(path: readonly Key[]): string {
  return JSON.stringify(path.map(String));
}
