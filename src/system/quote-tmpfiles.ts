import type { DirectoryPlan } from "../plan/system-types.ts";
import { formatMode } from "./format-mode.ts";
import { badValue } from "./quote.ts";

/** Lines of tmpfiles.d(5) that make folders. @throws VenvdebError SYSTEM_BAD_VALUE for a path that needs escapes */
export function quoteTmpfilesDirectories(directories: readonly DirectoryPlan[]): string {
  return directories
    .map(({ path, mode, owner }) => {
      const words = [path, formatMode(mode), owner.user, owner.group];
      for (const word of words)
        if (!/^[A-Za-z0-9._+@/-]+$/.test(word))
          throw badValue(word, "a file of tmpfiles.d", "it needs escapes");
      return `d ${words.join(" ")} -`;
    })
    .join("\n");
}
