import { posix } from "node:path";
import { error, warning } from "../finding.ts";
import { bytecodeMagic } from "../source-hash.ts";
import type { Finding, ObjectFacts, Rule } from "../types.ts";

/** Shipped bytecode is hash-based and unchecked, of the release that its name says, and of the source beside it (PEP 552). */
export const bytecode: Rule = ({ objects }) =>
  [...objects.values()].flatMap((object) => {
    const [, folder, module, minor] = PYC.exec(object.path) ?? [];
    if (object.head === undefined || folder === undefined || module === undefined) return [];
    return checkBytecode(object, objects.get(posix.join(folder, `${module}.py`)), Number(minor));
  });

const PYC = /^(.*\/)__pycache__\/([^/]+)\.cpython-3(\d+)(?:\.opt-[12])?\.pyc$/;

function checkBytecode(
  { path, head }: ObjectFacts,
  source: ObjectFacts | undefined,
  minor: number,
): Finding[] {
  const header = Buffer.from(head ?? []);
  if (header.length < 16) return [error("bytecode-damaged", "it is too short for bytecode", path)];
  const magic = bytecodeMagic(minor);
  if (magic !== undefined && header.readUInt16LE(0) !== magic)
    return [error("bytecode-release", `it is not bytecode of Python 3.${minor}`, path)];
  const flags = header.readUInt32LE(4);
  if ((flags & 1) === 0)
    return [
      error("bytecode-by-time", "it is checked against its source's time, which packaging changes", path),
    ];
  if (source === undefined) return [warning("bytecode-alone", "it has no source beside it", path)];
  const isStale = source.sourceHash !== undefined && source.sourceHash !== header.toString("hex", 8, 16);
  return [
    ...(isStale
      ? [error("bytecode-stale", "its source is another one than it was compiled from", path)]
      : []),
    ...((flags & 2) === 0 ? [] : [warning("bytecode-checked", "its source is hashed at each import", path)]),
  ];
}
