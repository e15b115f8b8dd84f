import { absolutePathProblem } from "./leaf.ts";

/**
 * What is wrong with a folder for the environment, or undefined. It must leave room for a shebang line of 127 bytes
 * (BINPRM_BUF_SIZE of kernels before 5.1) and lie where add-on software or a package's private files may
 * (FHS 3.13, 3.17, 4.7; Policy 9.1.1).
 */
export function prefixProblem(prefix: string): string | undefined {
  const path = absolutePathProblem(prefix);
  if (path !== undefined) return path;
  if (!/^[A-Za-z0-9._+@/-]+$/.test(prefix))
    return "a path of letters, digits and . _ + - @, for the shebang lines of its scripts";
  if (!/^\/(?:opt|srv|usr\/lib)\/[^/]/.test(prefix)) return "a folder below /opt, /srv or /usr/lib";
  if (SHARED_LIBRARY_FOLDER.test(prefix)) return "a folder that belongs to this package alone";
  if (prefix.length > LONGEST)
    return `a path of at most ${LONGEST} characters, for the shebang lines of its scripts`;
  return undefined;
}

const LONGEST = 127 - "#!".length - "/bin/python3.11".length;

/** Folders below /usr/lib that every system has. */
const SHARED_LIBRARY_FOLDER =
  /^\/usr\/lib\/(?:python[\d.]*|[a-z0-9_]+-linux-[a-z0-9_]+|systemd|sysusers\.d|tmpfiles\.d|modules|firmware|locale|ssl|debug|apt|dpkg|init|udev|environment\.d)(?:\/|$)/;
