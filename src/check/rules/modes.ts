import { error, warning } from "../finding.ts";
import type { Finding, ObjectFacts, Rule } from "../types.ts";

/** Nothing that anyone may write, no devices; setuid and setgid are pointed out (Policy 10.9). */
export const modes: Rule = ({ objects }) => [...objects.values()].flatMap(checkMode);

function checkMode({ path, kind, mode }: ObjectFacts): Finding[] {
  const octal = `0${mode.toString(8)}`;
  if (kind === "symlink") return [];
  if (kind === "device") return [error("device", "the package ships a device or a pipe", path)];
  const isSharedFolder = kind === "directory" && (mode & 0o1000) !== 0;
  return [
    ...((mode & 0o002) !== 0 && !isSharedFolder
      ? [error("world-writable", `anyone may write it: its mode is ${octal}`, path)]
      : []),
    ...((mode & 0o6000) !== 0 && kind === "file"
      ? [warning("setuid", `it runs with its owner's rights: its mode is ${octal}`, path)]
      : []),
  ];
}
