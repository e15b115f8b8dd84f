import { error, warning } from "../finding.ts";
import { isOurs, resolvePath } from "../links.ts";
import type { Finding, ObjectFacts, Rule } from "../types.ts";

/**
 * Commands (executables in a bin or sbin folder) name an interpreter that will be there: one in the prefix that is
 * shipped or leads to /usr/bin/python3.X, or one of the system's that is no floating Python.
 */
export const shebangs: Rule = ({ objects }) =>
  [...objects.values()].flatMap((object) => (isCommand(object) ? checkShebang(object, objects) : []));

/** Kernels before 5.1 read no more than this, `#!` included. */
const LONGEST = 127;

function isCommand({ path, kind, mode, head }: ObjectFacts): boolean {
  return kind === "file" && (mode & 0o111) !== 0 && head !== undefined && /(?:^|\/)s?bin\/[^/]+$/.test(path);
}

function checkShebang({ path, head }: ObjectFacts, objects: ReadonlyMap<string, ObjectFacts>): Finding[] {
  const text = Buffer.from(head ?? []).toString("latin1");
  if (!text.startsWith("#!")) return [];
  const [line = ""] = text.split("\n", 1);
  if (line.endsWith("\r"))
    return [error("shebang-line-end", "its first line ends with a carriage return", path)];
  if (line.length > LONGEST)
    return [error("shebang-long", `its first line has more than ${LONGEST} bytes`, path)];
  const [interpreter = "", argument = ""] = line.slice(2).trim().split(/\s+/);
  if (!interpreter.startsWith("/"))
    return [error("shebang-interpreter", `its interpreter is "${interpreter}"`, path)];
  return checkInterpreter(path, interpreter, argument, objects);
}

function checkInterpreter(
  path: string,
  interpreter: string,
  argument: string,
  objects: ReadonlyMap<string, ObjectFacts>,
): Finding[] {
  const resolved = resolvePath(interpreter.slice(1), objects);
  if (resolved.kind === "inside") return [];
  const outside = resolved.kind === "outside" ? resolved.path : "";
  const isSystem = /^(?:usr\/)?s?bin\/[^/]+$/.test(outside);
  if (!isSystem || isOurs(outside, objects))
    return [error("shebang-interpreter", `its interpreter "${interpreter}" is not there`, path)];
  const isFloating =
    /\/python3?$/.test(`/${outside}`) || (outside.endsWith("/env") && argument.startsWith("python"));
  return isFloating
    ? [warning("shebang-floating", `"${interpreter}" changes with the machine's default Python`, path)]
    : [];
}
