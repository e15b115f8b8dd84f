import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { runFolder } from "./run-folder.ts";
import type { Machine } from "./machine.ts";

/** Debian's interpreter: each of them depends on exactly its own version of the others. */
export const interpreterPackages = [
  "libpython3.11-minimal",
  "python3.11-minimal",
  "libpython3.11-stdlib",
  "python3.11",
] as const;

interface PythonUpdate {
  /** Appended to the version that the machine has: `+test1`. */
  readonly suffix: string;
  /** A name that moves between the C modules of the program and their users in the standard library. */
  readonly rename?: Rename;
}

/** Both names are equally long, so that the program's addresses stay. */
interface Rename {
  readonly from: string;
  readonly to: string;
  /** Module of the standard library that asks the program for it. */
  readonly module: string;
}

/**
 * What a security update of Python is: the machine's own packages of it, repacked with a higher version.
 * Gives their paths inside the machine.
 */
export async function repackPython(machine: Machine, update: PythonUpdate): Promise<string[]> {
  await downloadOnce(machine);
  const work = join(runFolder(), `python${update.suffix}`);
  await mkdir(work, { recursive: true });
  const paths: string[] = [];
  for (const name of interpreterPackages) {
    const original = await machine.sh(`ls ${downloads}/${name}_*.deb`);
    const tree = join(work, name);
    await execa("dpkg-deb", ["--raw-extract", join(machine.root, original), tree]);
    await raiseVersion(join(tree, "DEBIAN/control"), update.suffix);
    if (update.rename !== undefined) await renameFunction(tree, name, update.rename);
    const deb = join(work, `${name}${update.suffix}.deb`);
    await execa("dpkg-deb", ["-Znone", "--root-owner-group", "--build", tree, deb]);
    paths.push(await machine.copyIn(deb));
  }
  return paths;
}

const downloads = "/var/tmp/python";

/** While the archive still has the version that the machine has. */
async function downloadOnce(machine: Machine): Promise<void> {
  const names = interpreterPackages.join(" ");
  await machine.sh(
    `test -d ${downloads} || { mkdir ${downloads}; cd ${downloads}; apt-get -q download ${names}; }`,
  );
}

async function raiseVersion(control: string, suffix: string): Promise<void> {
  const text = await readFile(control, "utf8");
  const version = /^Version: (.+)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error(`${control} has no Version`);
  await writeFile(control, text.replaceAll(version, `${version}${suffix}`));
}

async function renameFunction(tree: string, name: string, rename: Rename): Promise<void> {
  if (name === "python3.11-minimal") {
    const program = join(tree, "usr/bin/python3.11");
    // The name of the function, not the signature in its description.
    await replaceBytes(program, `\0${rename.from}\0`, `\0${rename.to}\0`);
  }
  if (name === "libpython3.11-minimal") {
    const module = join(tree, "usr/lib/python3.11", rename.module);
    const text = await readFile(module, "utf8");
    // The import alone: the module goes on with the name that it knows.
    await writeFile(module, text.replace(rename.from, `${rename.to} as ${rename.from}`));
  }
}

async function replaceBytes(path: string, from: string, to: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf(from, 0, "latin1");
  if (at === -1 || from.length !== to.length) throw new Error(`cannot rename "${from}" in ${path}`);
  bytes.write(to, at, "latin1");
  await writeFile(path, bytes);
}
