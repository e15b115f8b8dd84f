import { readFile } from "../effects/fs.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import { parseToml, type TomlTable } from "../toml.ts";

/**
 * Reads a TOML file of a project.
 * @throws VenvdebError PROJECT_BAD_TOML with file, line and column; PROJECT_UNREADABLE
 */
export async function readToml(path: string): Promise<TomlTable> {
  return parseToml(await readProjectFile(path), path, "PROJECT_BAD_TOML");
}

/**
 * The bytes of a file that a project must have.
 * @throws VenvdebError PROJECT_UNREADABLE
 */
export async function readProjectFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new VenvdebError("PROJECT_UNREADABLE", `Cannot read "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  });
}

/**
 * The text of a file that a project must have.
 * @throws VenvdebError PROJECT_UNREADABLE when it is missing or not UTF-8
 */
export async function readProjectText(path: string): Promise<string> {
  const bytes = await readProjectFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new VenvdebError("PROJECT_UNREADABLE", `Cannot read "${path}": it is not UTF-8`, {
      cause: error,
    });
  }
}
