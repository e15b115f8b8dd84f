import { join } from "node:path";
import { lstatSync, readdirSync, readFileSync, replaceFile } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import type { Edits, Move } from "./edits.ts";

/** Kernels before 5.1 read this many bytes of the first line, `#!` included and the line's end not (execve(2)). */
const MAXIMUM = 127;

/**
 * Gives every script in `bin` that starts the environment's Python a plain first line with its final path. Installers
 * write a detour through `/bin/sh` where their own path is long or has spaces; it becomes a plain line too.
 * @throws VenvdebError RELOCATE_SHEBANG_TOO_LONG, RELOCATE_SHEBANG_SPACE
 */
export async function relocateShebangs(move: Move, edits: Edits): Promise<void> {
  for (const name of readdirSync(join(move.environment, "bin"))) {
    const path = join(move.environment, "bin", name);
    if (!lstatSync(path).isFile()) continue;
    const script = readFileSync(path);
    const rewritten = rewriteShebang(script, move);
    if (rewritten === undefined) continue;
    await replaceFile(path, rewritten);
    edits.changed.add(`bin/${name}`);
  }
}

/**
 * The script with its first line rewritten; undefined when it starts something else.
 * @throws VenvdebError RELOCATE_SHEBANG_TOO_LONG, RELOCATE_SHEBANG_SPACE
 */
export function rewriteShebang(script: Buffer, move: Move): Buffer | undefined {
  const found = parseShebang(script);
  if (!found || !isOurs(found.program, move)) return undefined;
  const line = renderShebang(`${move.finalPath}/bin/${move.python}`, found.options);
  return Buffer.concat([Buffer.from(`${line}\n`), script.subarray(found.end)]);
}

interface Shebang {
  readonly program: string;
  /** What stands between the program and the script's name. */
  readonly options: string;
  /** Where the script goes on. */
  readonly end: number;
}

function parseShebang(script: Buffer): Shebang | undefined {
  if (script[0] !== 0x23 || script[1] !== 0x21) return undefined;
  const head = script.toString("latin1", 0, 8192);
  const detour = /^#![ \t]*\/bin\/sh\r?\n'''exec' (.+) "\$0" "\$@"\r?\n' '''\r?\n/.exec(head);
  const plain = /^#![ \t]*(.+?)[ \t]*\r?(?:\n|$)/.exec(head);
  const found = detour ?? plain;
  if (!found?.[1]) return undefined;
  const command = Buffer.from(found[1], "latin1").toString("utf8");
  return { ...(detour ? splitShellWord(command) : splitCommand(command)), end: found[0].length };
}

/** The first word as the shell reads it: any mix of bare, single-quoted and double-quoted pieces. */
function splitShellWord(command: string): { readonly program: string; readonly options: string } {
  const [word = ""] = /^(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/.exec(command) ?? [];
  const program = word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replaceAll(/\\(["$`\\])/g, "$1") ?? escaped ?? "",
  );
  return { program, options: command.slice(word.length).trim() };
}

/** The path may be quoted; an unquoted one may hold spaces, which no kernel understands. */
function splitCommand(command: string): { readonly program: string; readonly options: string } {
  if (/^["']/.test(command)) return splitShellWord(command);
  const [, program = command, options = ""] =
    /^(.*?\/bin\/python[0-9.]*)(?:[ \t]+(.*))?$/.exec(command) ?? [];
  return { program, options };
}

function isOurs(program: string, { environment, aliases, finalPath }: Move): boolean {
  return [environment, finalPath, ...aliases].some((root) =>
    /^\/bin\/python[0-9.]*$/.test(program.startsWith(root) ? program.slice(root.length) : ""),
  );
}

function renderShebang(program: string, options: string): string {
  const line = `#!${program}${options === "" ? "" : ` ${options}`}`;
  if (/\s/.test(program))
    throw new VenvdebError(
      "RELOCATE_SHEBANG_SPACE",
      `Cannot use the prefix of "${program}": it holds white space (scripts start with this path)`,
      {
        hint: "set another prefix",
      },
    );
  if (Buffer.byteLength(line) > MAXIMUM)
    throw new VenvdebError(
      "RELOCATE_SHEBANG_TOO_LONG",
      `Cannot start scripts with "${line}": it is ${Buffer.byteLength(line)} bytes long (at most ${MAXIMUM})`,
      { hint: "set a shorter prefix" },
    );
  return line;
}
