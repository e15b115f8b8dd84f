import { join, posix } from "node:path";
import { lstatSync, rm } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { listFiles } from "../relocate/files.ts";
import { readRecords, writeRecord, type InstalledRecord } from "../relocate/records.ts";
import { runChild, systemEnvironment } from "./child.ts";
import { helperScript } from "./helper-scripts.ts";

export interface BytecodeOptions {
  /** Absolute, where the environment is now. */
  readonly environment: string;
  /** Where it will be: what tracebacks show. */
  readonly finalPath: string;
  readonly interpreter: InterpreterFacts;
  readonly host: Host;
  /** Batches compiled at once. */
  readonly jobs: number;
}

/**
 * Compiles every module by the target's interpreter for its final path: hash-based and unchecked (PEP 552), so that
 * nothing is written at run time and file times do not matter. The same distribution gives the same bytes whatever
 * else is compiled, in whatever order. Bytecode that wheels brought is replaced. RECORD lists each file without a hash,
 * as pip does.
 * @returns the modules that can't be compiled (templates, Python 2), relative to the environment
 * @throws VenvdebError INSTALL_BYTECODE_FAILED
 */
export async function compileBytecode(options: BytecodeOptions): Promise<readonly string[]> {
  const { environment, interpreter } = options;
  const records = readRecords(environment, interpreter);
  await removeForeign(options);
  const failed = await runCompiler(options, cutBatches(records, environment));
  for (const record of records) await writeRecord(environment, listBytecode(record, options));
  return failed;
}

/**
 * The same for an environment that stays on this machine and whose RECORDs nobody reads: modules are compiled for where
 * they are.
 * @throws VenvdebError INSTALL_BYTECODE_FAILED
 */
export async function compileTools(options: Omit<BytecodeOptions, "finalPath">): Promise<void> {
  const { environment } = options;
  await removeForeign(options);
  const modules = listFiles(environment).filter(isModule);
  await runCompiler({ ...options, finalPath: environment }, cutBySize(modules.toSorted(), environment));
}

function isModule(path: string): boolean {
  return path.endsWith(".py") && path.includes("/site-packages/");
}

/**
 * What is compiled by one process, which is all that the bytes depend on: some modules of one distribution, in the
 * order of their paths. A module that two distributions claim is the first's.
 */
function cutBatches(records: readonly InstalledRecord[], environment: string): string[][] {
  const claimed = new Set<string>();
  return records.flatMap(({ rows }) => {
    const paths = [...new Set(rows.map(({ path }) => path))].filter(
      (path) => isModule(path) && !claimed.has(path),
    );
    for (const path of paths) claimed.add(path);
    return cutBySize(paths.toSorted(), environment);
  });
}

/** Enough work for a process to be worth its start, and little enough to be spread over all cores. */
const BATCH = 400_000;
/** Bytes of source that take as long as what each module takes however short it is. */
const MODULE = 2000;

function cutBySize(paths: readonly string[], environment: string): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const path of paths) {
    const size = MODULE + (lstatSync(join(environment, path), { throwIfNoEntry: false })?.size ?? 0);
    if (size > room) {
      batches.push([]);
      room = BATCH;
    }
    batches.at(-1)?.push(path);
    room -= size;
  }
  return batches;
}

/** `a/b.py` to `a/__pycache__/b.cpython-311.pyc` (PEP 3147). */
function bytecodePath(path: string, { cacheTag }: InterpreterFacts): string {
  return posix.join(posix.dirname(path), "__pycache__", `${posix.basename(path, ".py")}.${cacheTag}.pyc`);
}

/** Whatever lies in a `__pycache__` was made by another machine or interpreter, or for another path. */
async function removeForeign({ environment }: Pick<BytecodeOptions, "environment">): Promise<void> {
  for (const path of listFiles(environment))
    if (path.includes("/__pycache__/")) await rm(join(environment, path));
}

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}

async function runCompiler(
  options: BytecodeOptions,
  batches: readonly (readonly string[])[],
): Promise<string[]> {
  const { environment, finalPath, interpreter, host, jobs } = options;
  const lineOf = (path: string) =>
    [
      posix.join(environment, path),
      posix.join(finalPath, path),
      posix.join(environment, bytecodePath(path, interpreter)),
    ]
      .map(hex)
      .join("\t");
  const input = batches.map((batch) => batch.map(lineOf).join("\n")).join("\n\n");
  const { stdout } = await runChild(
    interpreter.path,
    ["-S", "-s", helperScript("compile"), String(Math.max(1, jobs))],
    { ...systemEnvironment(host), PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    {
      input,
      failure: { code: "INSTALL_BYTECODE_FAILED", doing: "compile the modules to bytecode" },
    },
  );
  const prefix = environment.length + 1;
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => Buffer.from(line, "hex").toString().slice(prefix))
    .toSorted();
}

function listBytecode(
  { distInfo, rows }: InstalledRecord,
  { environment, interpreter }: BytecodeOptions,
): InstalledRecord {
  const kept = rows.filter(({ path }) => !path.includes("/__pycache__/"));
  const made = kept
    .filter(({ path }) => isModule(path))
    .map(({ path }) => bytecodePath(path, interpreter))
    .filter((path) => lstatSync(join(environment, path), { throwIfNoEntry: false }) !== undefined);
  return { distInfo, rows: [...kept, ...made.map((path) => ({ path, hash: "", size: "" }))] };
}
