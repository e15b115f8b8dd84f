import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempFiles } from "./temp-files.ts";

/** This machine's apt with a configuration, state and cache of its own. */
export interface PrivateApt {
  readonly root: string;
  /** `apt-get …`; everything that it said, and whether it went well. Warnings are not well. */
  run(...args: readonly string[]): { readonly ok: boolean; readonly said: string };
}

/** `files`: of /etc/apt and /usr/share/keyrings, by their absolute paths; paths in their texts are moved along. */
export async function privateApt(files: Readonly<Record<string, string>>): Promise<PrivateApt> {
  const root = await tempFiles();
  for (const folder of [
    "etc/apt/apt.conf.d",
    "etc/apt/preferences.d",
    "state/lists/partial",
    "cache/archives/partial",
  ])
    await mkdir(join(root, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), movePaths(text, root));
  }
  await writeFile(join(root, "status"), "");
  await writeFile(join(root, "apt.conf"), configuration(root));
  return {
    root,
    run: (...args) => {
      const { status, stdout, stderr } = spawnSync("apt-get", args, {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", APT_CONFIG: join(root, "apt.conf") },
      });
      const said = `${stdout}${stderr}`;
      return { ok: status === 0 && !/^[WE]:/m.test(said), said };
    },
  };
}

function movePaths(text: string, root: string): string {
  return text.replaceAll(/(?<=[ =])\/(?=etc\/apt|usr\/share\/keyrings)/g, `${root}/`);
}

function configuration(root: string): string {
  return `Dir "${root}";
Dir::Etc "${root}/etc/apt";
Dir::State "${root}/state";
Dir::State::status "${root}/status";
Dir::Cache "${root}/cache";
Dir::Bin::methods "/usr/lib/apt/methods";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Sandbox::User "root";
Acquire::Languages "none";
`;
}
