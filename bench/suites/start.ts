import { join } from "node:path";
import { alternate, type Contestant, type Row } from "../measure.ts";
import { writeLockedProject } from "../synthetic/lock.ts";
import { PROGRAM, venvdeb } from "../venvdeb.ts";

/** How long the program takes to say something, and to plan a project with 200 locked requirements. */
export async function measureStart(
  work: string,
  runs: number,
  say: (text: string) => void,
): Promise<{ rows: Row[]; facts: Record<string, number> }> {
  const project = join(work, "locked");
  writeLockedProject(project, REQUIREMENTS);
  const rows = await alternate(
    [
      node("node -e 0", ["-e", "0"]),
      node("venvdeb --version", [PROGRAM, "--version"]),
      node("venvdeb --help", [PROGRAM, "--help"]),
      node("venvdeb build --help", [PROGRAM, "build", "--help"]),
      { name: "venvdeb plan", command: venvdeb(["plan", project], join(work, "cache")) },
    ],
    runs,
    (text) => say(`start: ${text}`),
  );
  return { rows, facts: { requirements: REQUIREMENTS } };
}

const REQUIREMENTS = 200;

function node(name: string, args: readonly string[]): Contestant {
  return { name, command: { file: process.execPath, args } };
}
