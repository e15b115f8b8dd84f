import type { LockFailure } from "../../effects/file-lock.ts";
import { VenvdebError, messageOf } from "../../errors.ts";
import { badPath } from "./paths.ts";

/**
 * Gives what the file system says of an object a plain error.
 * @throws VenvdebError REPO_DISK_FULL, REPO_NO_ACCESS, REPO_NO_HARD_LINKS, REPO_BAD_PATH, or what `run` throws
 */
export async function withPlainErrors<T>(
  root: string,
  doing: string,
  path: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translate(error, root, `${doing} "${path}"`, path);
  }
}

/** Of a file system: `ENOENT`, … */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof VenvdebError || !(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Why the lock of the publishers is not to be had. */
export function lockError(root: string, seconds: number): (why: LockFailure, said: string) => VenvdebError {
  return (why, said) =>
    why === "taken"
      ? new VenvdebError(
          "REPO_LOCKED",
          `Cannot publish into "${root}": another publisher holds its lock since more than ${seconds} s`,
          {
            hint: `look what it waits for (fuser -v ${root}/venvdeb/lock); the lock is free as soon as it ends`,
          },
        )
      : noAccess(root, `lock "venvdeb/lock"`, new Error(said));
}

function translate(error: unknown, root: string, doing: string, path: string): unknown {
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new VenvdebError("REPO_DISK_FULL", `Cannot ${doing}: no space is left in "${root}"`, {
      hint: "free some space there and run the command again: what clients see is as it was",
      cause: error,
    });
  if (code !== undefined && isLink(error) && ["EPERM", "EOPNOTSUPP", "ENOSYS"].includes(code))
    return new VenvdebError(
      "REPO_NO_HARD_LINKS",
      `Cannot ${doing}: the file system of "${root}" has no hard links`,
      {
        hint: "keep the repository on a file system such as ext4, XFS or Btrfs, and copy it from there",
        cause: error,
      },
    );
  if (["EACCES", "EPERM", "EROFS", "ENOENT"].includes(code ?? "")) return noAccess(root, doing, error);
  if (code === "ENOTDIR" || code === "EISDIR" || code === "EEXIST")
    return badPath(path, "files and folders of the repository are in each other's way");
  return error;
}

function isLink(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && error.syscall === "link";
}

function noAccess(root: string, doing: string, cause: unknown): VenvdebError {
  return new VenvdebError("REPO_NO_ACCESS", `Cannot ${doing} in "${root}": ${messageOf(cause)}`, {
    hint: "run the command as the user that the repository belongs to",
    cause,
  });
}
