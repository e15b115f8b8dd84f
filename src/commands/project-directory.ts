import { resolve } from "node:path";
import { stat } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";

/**
 * The absolute folder of the project that a user names; this folder when none is named.
 * @throws VenvdebError PROJECT_NOT_FOUND when it is no folder
 */
export async function projectDirectory(cwd: string, named = "."): Promise<string> {
  const directory = resolve(cwd, named);
  const isFolder = await stat(directory).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder) return directory;
  throw new VenvdebError(
    "PROJECT_NOT_FOUND",
    `Cannot find a Python project in "${directory}": there is no such folder (the folder of a project is wanted)`,
  );
}
