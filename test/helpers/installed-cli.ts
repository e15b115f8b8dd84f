import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { repository, runFolder } from "./run-folder.ts";

/**
 * The program as npm installs it from its own package, outside of the repository; gives the path of the command.
 * It shows that package.json's `files` names all it needs, and any user can read it there.
 */
export async function installedCli(): Promise<string> {
  const prefix = join(runFolder(), "installed");
  const command = join(prefix, "node_modules/.bin/venvdeb");
  if (existsSync(command)) return command;
  await mkdir(prefix, { recursive: true });
  const npm = { cwd: repository };
  const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", prefix], npm);
  const [packed]: { filename: string }[] = JSON.parse(stdout);
  const archive = join(prefix, packed?.filename ?? "");
  await execa("npm", ["install", "--prefix", prefix, "--no-audit", "--no-fund", archive], npm);
  return command;
}
