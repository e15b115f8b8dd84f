import { VenvdebError } from "../../errors.ts";

/**
 * Refuses a path that could lead out of the repository, or that a store or a client would read as another one.
 * @throws VenvdebError REPO_BAD_PATH
 */
export function validatePath(path: string): void {
  const problem = problemOf(path);
  if (problem !== undefined) throw badPath(path, problem);
}

/** As `validatePath`, for the start of paths: empty, or with a slash at its end. */
export function validatePrefix(prefix: string): void {
  const path = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  if (path !== "") validatePath(path);
  else if (prefix !== "") throw badPath(prefix, "it begins with a slash");
}

export function badPath(path: string, problem: string): VenvdebError {
  return new VenvdebError("REPO_BAD_PATH", `Cannot use the path ${JSON.stringify(path)}: ${problem}`, {
    hint: "a path in a repository is relative, with `/` between its parts and without `.` and `..`",
  });
}

/** Keys of a bucket have up to 1024 bytes; a name in a folder has up to 255. */
const [LONGEST_PATH, LONGEST_NAME] = [900, 255];

function problemOf(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (path.startsWith("/")) return "it begins with a slash";
  if (/[\p{Cc}\p{Cs}\\]/u.test(path)) return "it has a control character or a backslash";
  if (Buffer.byteLength(path) > LONGEST_PATH) return `it has more than ${LONGEST_PATH} bytes`;
  for (const part of path.split("/")) {
    if (part === "") return "it has an empty part";
    if (part === "." || part === "..") return `it has the part "${part}"`;
    if (Buffer.byteLength(part) > LONGEST_NAME) return `a part has more than ${LONGEST_NAME} bytes`;
    if (part.startsWith(".venvdeb-")) return `its part "${part}" is the name of a file that is not whole yet`;
  }
  return undefined;
}
