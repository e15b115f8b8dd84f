/**
 * Reads the part of TOML that lock files are written in: plain keys, strings without escapes, whole numbers, moments in UTC, arrays,
 * inline tables, each key and table once. It takes a tenth of the time of a parser of everything, and a lock file of
 * 200 distributions is more than a megabyte.
 * @returns the same as that parser, or nothing where there is anything else, right or wrong
 */
export function parseSimpleToml(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return readDocument({ text, at: 0 });
  } catch (error) {
    if (error === NOT_SIMPLE) return undefined;
    throw error;
  }
}

interface Cursor {
  readonly text: string;
  at: number;
}

type Table = Record<string, unknown>;

const NOT_SIMPLE = new Error("this is more than simple TOML");

/** Deeper ones are for the parser of everything. */
const DEEPEST = 16;

const EMPTY = /(?:[ \t]*(?:#\P{Cc}*)?\n)*[ \t]*/uy;
const HEADER = /\[(\[?)([\w-]+(?:\.[\w-]+)*)(\]?)\]/y;
const KEY = /([\w-]+)[ \t]*=[ \t]*/y;
const STRING = /"([^"\\\p{Cc}]*)"(?!")/uy;
const INTEGER = /(?:0|-?[1-9]\d{0,14})(?![\w.:+-])/y;
/** Of a day that there is in every year. */
const MOMENT =
  /2\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z(?![\w.:+-])/y;
const BOOLEAN = /(?:true|false)(?![\w-])/y;
const LINE_END = /[ \t]*(?:\n|$)/y;
const BLANKS = /[ \t]*/y;
const BLANKS_AND_LINES = /[ \t\n]*/y;

function readDocument(cursor: Cursor): Table {
  const root = newTable();
  const tables: Tables = { open: new Set([root]), lists: new Set() };
  let current = root;
  for (;;) {
    match(cursor, EMPTY);
    if (cursor.at === cursor.text.length) return root;
    const header = match(cursor, HEADER);
    if (header !== undefined) current = openTable(root, header, tables);
    else readPair(cursor, current, 0);
    demand(cursor, LINE_END);
  }
}

/** What came from headers, and so may be added to by later ones. */
interface Tables {
  readonly open: Set<unknown>;
  readonly lists: Set<unknown>;
}

function openTable(root: Table, [, list = "", path = "", end = ""]: RegExpExecArray, tables: Tables): Table {
  // `[[a]` and `[a]]` are mistakes.
  if ((list === "") !== (end === "")) throw NOT_SIMPLE;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let parent = root;
  for (const key of keys) parent = stepInto(parent, key, tables);
  const made = newTable();
  tables.open.add(made);
  const present = parent[last];
  if (list === "") {
    if (present !== undefined) throw NOT_SIMPLE;
    parent[last] = made;
  } else if (present === undefined) {
    const items = [made];
    parent[last] = items;
    tables.lists.add(items);
  } else if (Array.isArray(present) && tables.lists.has(present)) present.push(made);
  else throw NOT_SIMPLE;
  return made;
}

/** A table that has no header of its own may get one later, which this leaves to the parser of everything. */
function stepInto(parent: Table, key: string, { open, lists }: Tables): Table {
  const present = parent[key];
  const table: unknown = Array.isArray(present) && lists.has(present) ? present.at(-1) : present;
  if (isOpen(table, open)) return table;
  if (present !== undefined) throw NOT_SIMPLE;
  const made = newTable();
  open.add(made);
  parent[key] = made;
  return made;
}

function isOpen(value: unknown, open: ReadonlySet<unknown>): value is Table {
  return open.has(value);
}

function newTable(): Table {
  const table: Table = Object.create(null);
  return table;
}

function readPair(cursor: Cursor, table: Table, depth: number): void {
  const [, key = ""] = demand(cursor, KEY);
  if (key in table) throw NOT_SIMPLE;
  table[key] = readValue(cursor, depth);
}

function readValue(cursor: Cursor, depth: number): unknown {
  if (depth > DEEPEST) throw NOT_SIMPLE;
  switch (cursor.text[cursor.at]) {
    case '"':
      return demand(cursor, STRING)[1];
    case "[":
      return readArray(cursor, depth);
    case "{":
      return readInlineTable(cursor, depth);
    default:
      return readWord(cursor);
  }
}

function readWord(cursor: Cursor): number | boolean | Date {
  const [moment] = match(cursor, MOMENT) ?? [];
  if (moment !== undefined) return new Date(moment);
  const [integer] = match(cursor, INTEGER) ?? [];
  return integer === undefined ? demand(cursor, BOOLEAN)[0] === "true" : Number(integer);
}

function readArray(cursor: Cursor, depth: number): unknown[] {
  const items: unknown[] = [];
  cursor.at += 1;
  for (;;) {
    match(cursor, BLANKS_AND_LINES);
    if (take(cursor, "]")) return items;
    items.push(readValue(cursor, depth + 1));
    match(cursor, BLANKS_AND_LINES);
    if (take(cursor, ",")) continue;
    if (take(cursor, "]")) return items;
    throw NOT_SIMPLE;
  }
}

/** On one line and without a comma at its end, as TOML 1.0 has it. */
function readInlineTable(cursor: Cursor, depth: number): Table {
  const table = newTable();
  cursor.at += 1;
  match(cursor, BLANKS);
  if (take(cursor, "}")) return table;
  for (;;) {
    match(cursor, BLANKS);
    readPair(cursor, table, depth + 1);
    match(cursor, BLANKS);
    if (take(cursor, "}")) return table;
    if (!take(cursor, ",")) throw NOT_SIMPLE;
  }
}

function take(cursor: Cursor, letter: string): boolean {
  if (cursor.text[cursor.at] !== letter) return false;
  cursor.at += 1;
  return true;
}

function demand(cursor: Cursor, pattern: RegExp): RegExpExecArray {
  const found = match(cursor, pattern);
  if (found === undefined) throw NOT_SIMPLE;
  return found;
}

/** `pattern` is sticky. */
function match(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return undefined;
  cursor.at = pattern.lastIndex;
  return found;
}
