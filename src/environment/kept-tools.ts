import { basename, dirname, join } from "node:path";
import { digestOf } from "../cache/digest.ts";
import type { BlobReference, Store } from "../cache/store.ts";
import { describeMachine } from "../dependencies/machine-state.ts";
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { programDigest } from "../effects/program-digest.ts";
import type { InterpreterFacts, LockedDistribution } from "../plan/types.ts";
import { listFiles } from "../relocate/files.ts";
import { compileTools } from "./bytecode.ts";
import { createEnvironment } from "./create.ts";
import type { Installer } from "./installers/types.ts";
import { identifyInterpreter } from "./interpreter-digest.ts";

/** What the requirements of a build backend are resolved to, and where environments with such are kept. */
export interface KnownTools {
  /** As the settings of the source have them. */
  readonly requires: readonly string[];
  readonly found: readonly LockedDistribution[];
  /** Of this machine: what is run is not taken from others. */
  readonly store: Store;
}

export interface ToolsOptions {
  readonly installer: Installer;
  readonly interpreter: InterpreterFacts;
  readonly host: Host;
  readonly tools?: KnownTools;
}

/**
 * Makes an environment with what a build backend asks for. Where it is known what exactly that is, it is made once and
 * kept, with bytecode, before any code of a project runs in it.
 * @param environment absolute; there is nothing yet
 * @throws VenvdebError INSTALL_VENV_FAILED, INSTALL_FAILED, INSTALL_BYTECODE_FAILED
 */
export async function provideTools(
  requires: readonly string[],
  environment: string,
  options: ToolsOptions,
): Promise<void> {
  const { installer, interpreter, host } = options;
  const tools = usableTools(requires, options.tools);
  const key = tools && keyOf(tools, options);
  if (tools && key !== undefined && (await restoreEnvironment(tools.store, key, environment))) return;
  await createEnvironment(environment, interpreter, host);
  await installer.installBuildRequirements(tools ? tools.found.map(pinned) : requires, environment);
  if (!tools || key === undefined) return;
  await compileTools({ environment, interpreter, host, jobs: host.cores });
  await keepEnvironment(tools.store, key, environment);
}

/**
 * Makes an empty environment, or takes the one that an earlier build has kept: all but its place is the same.
 * @param environment absolute; there is nothing yet
 * @throws VenvdebError INSTALL_VENV_FAILED
 */
export async function provideEmpty(
  environment: string,
  { interpreter, host, tools }: Omit<ToolsOptions, "installer">,
): Promise<void> {
  if (!tools) return await createEnvironment(environment, interpreter, host);
  const machine = [identifyInterpreter(interpreter.path), describeMachine()];
  const key = digestOf(["venv", programDigest(), machine, basename(environment)]);
  if (await restoreEnvironment(tools.store, key, environment)) {
    const modules = join(environment, "lib", `python${interpreter.minor}`, "site-packages");
    mkdirSync(modules, { recursive: true });
    return;
  }
  await createEnvironment(environment, interpreter, host);
  await keepEnvironment(tools.store, key, environment);
}

/** Larger ones are linked by the installer in less time than they are copied here. */
const LIMIT = 32 * 1024 * 1024;

/** What has no version to be asked for by is installed anew each time. */
function usableTools(requires: readonly string[], tools: KnownTools | undefined): KnownTools | undefined {
  if (!tools || JSON.stringify(tools.requires) !== JSON.stringify(requires)) return undefined;
  const isPinned = tools.found.every(
    ({ version, source }) => version !== undefined && source.kind === "index",
  );
  return isPinned ? tools : undefined;
}

function pinned({ name, version }: LockedDistribution): string {
  return `${name}==${version ?? ""}`;
}

function keyOf({ found }: KnownTools, { installer, interpreter }: ToolsOptions): string {
  return digestOf([
    programDigest(),
    [installer.name, installer.version],
    [interpreter.path, interpreter.full, identifyInterpreter(interpreter.path)],
    found,
  ]);
}

/** The files one after the other in one blob. */
interface EnvironmentNote {
  /** Where the environment was when it was kept: scripts name their interpreter. */
  readonly environment: string;
  readonly blob: BlobReference;
  readonly entries: readonly EnvironmentEntry[];
}

type EnvironmentEntry =
  | { readonly path: string; readonly mode: number; readonly size: number }
  | { readonly path: string; readonly target: string };

async function restoreEnvironment(store: Store, key: string, environment: string): Promise<boolean> {
  const note = await store.readNote("tool", key);
  const path = isEnvironmentNote(note) ? await store.find(note.blob) : undefined;
  if (!isEnvironmentNote(note) || path === undefined) return false;
  const bytes = readFileSync(path);
  const folders = new Set(note.entries.map((entry) => dirname(entry.path)));
  for (const folder of folders) mkdirSync(join(environment, folder), { recursive: true });
  let start = 0;
  for (const entry of note.entries) {
    const to = join(environment, entry.path);
    if ("target" in entry) {
      symlinkSync(entry.target, to);
      continue;
    }
    const content = bytes.subarray(start, (start += entry.size));
    writeFileSync(to, moved(entry.path, content, note.environment, environment), { mode: entry.mode });
  }
  return true;
}

/** Scripts, and the settings of the environment itself, name the folder. */
function moved(path: string, content: Buffer, from: string, to: string): Uint8Array | string {
  if (!/^(?:bin\/[^/]+|pyvenv\.cfg)$/.test(path) || !content.includes(from)) return content;
  const [before, after] = [from, to].map((folder) => Buffer.from(folder).toString("latin1"));
  return Buffer.from(content.toString("latin1").replaceAll(before ?? "", after ?? ""), "latin1");
}

/** Written under such keys by this very program. */
function isEnvironmentNote(note: unknown): note is EnvironmentNote {
  return typeof note === "object" && note !== null && "entries" in note;
}

async function keepEnvironment(store: Store, key: string, environment: string): Promise<void> {
  const entries = listFiles(environment).map((path) => describe(environment, path));
  if (entries.reduce((sum, entry) => sum + ("size" in entry ? entry.size : 0), 0) > LIMIT) return;
  const { blob } = await store.keep(async (write) => {
    for (const entry of entries)
      if ("size" in entry) await write(readFileSync(join(environment, entry.path)));
  });
  await store.writeNote("tool", key, { environment, blob, entries } satisfies EnvironmentNote);
}

function describe(environment: string, path: string): EnvironmentEntry {
  const stats = lstatSync(join(environment, path));
  if (stats.isSymbolicLink()) return { path, target: readlinkSync(join(environment, path)) };
  return { path, mode: stats.mode & 0o777, size: stats.size };
}
