import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { PROGRAM, type CliResult } from "./cli.ts";
import { tempFiles } from "./temp-files.ts";

/** What a machine has in the place of its own; only the program under test sees it. */
export interface MachineChanges {
  /** Files of the machine: absolute path to another text, which may be run. Those that it has not are left out. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folders in which nothing is. */
  readonly empty?: readonly string[];
  /** Programs that come first on PATH. */
  readonly programs?: Readonly<Record<string, string>>;
  /** The program's user is nobody, while it may read what it could before. */
  readonly ordinaryUser?: boolean;
}

/** Runs the compiled program in a namespace of mounts in which the machine is another. */
export async function cliOnChangedMachine(
  changes: MachineChanges,
  args: readonly string[],
): Promise<CliResult> {
  const { files = {}, empty = [], programs = {}, ordinaryUser = false } = changes;
  const folder = await tempFiles();
  const mounts = [
    ...empty.map((path) => `mount -t tmpfs none ${path}`),
    ...(await writePrograms(join(folder, "files"), Object.values(files))).map(
      (source, index) => `mount --bind ${source} ${Object.keys(files)[index] ?? ""}`,
    ),
  ];
  const first = join(folder, "programs");
  const named = await writePrograms(first, Object.values(programs), Object.keys(programs));
  const script = [
    ...mounts.map((mount) => `[ ! -e ${mount.split(" ").at(-1) ?? ""} ] || ${mount}`),
    `exec "$@"`,
  ].join("\n");
  const { exitCode, stdout, stderr } = await execa(
    "unshare",
    [
      ...(ordinaryUser ? ["--user"] : ["--map-root-user", "--mount"]),
      "sh",
      "-e",
      "-c",
      script,
      "sh",
      process.execPath,
      PROGRAM,
      ...args,
    ],
    {
      reject: false,
      stdin: "ignore",
      env: {
        CI: "",
        NO_COLOR: "",
        PATH: [...(named.length === 0 ? [] : [first]), process.env["PATH"] ?? ""].join(":"),
      },
    },
  );
  return { exitCode, stdout, stderr };
}

async function writePrograms(
  folder: string,
  texts: readonly string[],
  names: readonly string[] = texts.map((_, index) => String(index)),
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths = names.map((name) => join(folder, name));
  for (const [index, path] of paths.entries()) {
    await writeFile(path, texts[index] ?? "");
    await chmod(path, 0o755);
  }
  return paths;
}
