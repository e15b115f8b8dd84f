import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What systemd makes of a unit. */
export interface LoadedUnit {
  readonly description: string;
  /** The words of ExecStart. */
  readonly command: readonly string[];
  readonly environment: readonly string[];
  /** All lines of its dump. */
  readonly dump: string;
}

/** Lets the real service manager load services (name without suffix to text), in its test mode, which starts nothing. */
export function loadUnits(units: Readonly<Record<string, string>>): Map<string, LoadedUnit> {
  const folder = mkdtempSync(join(tmpdir(), "venvdeb-units-"));
  try {
    chmodSync(folder, 0o755);
    const names = Object.keys(units);
    for (const [name, text] of Object.entries(units)) writeFileSync(join(folder, `${name}.service`), text);
    const wants = names.map((name) => `Wants=${name}.service`).join("\n");
    writeFileSync(join(folder, "all-of-them.target"), `[Unit]\n${wants}\n`);
    const dump = dumpUnits(folder);
    return new Map(names.map((name) => [name, parseDump(dump, name)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Test mode is refused to root. */
function dumpUnits(folder: string): string {
  const home = join(folder, "home");
  mkdirSync(home, { mode: 0o755 });
  const command = ["/lib/systemd/systemd", "--test", "--system", "--unit=all-of-them.target"];
  const isRoot = process.getuid?.() === 0;
  const [file = "", ...args] = isRoot ? ["setpriv", "--reuid=nobody", "--clear-groups", ...command] : command;
  const env = { PATH: "/usr/bin:/bin", HOME: home, LC_ALL: "C.UTF-8", SYSTEMD_UNIT_PATH: `${folder}:` };
  const { stdout, stderr } = spawnSync(file, args, { encoding: "utf8", env, maxBuffer: 2 ** 28 });
  return `${stdout}${stderr}`;
}

function parseDump(dump: string, name: string): LoadedUnit {
  const start = dump.indexOf(`-> Unit ${name}.service:`);
  if (start === -1) throw new Error(`systemd did not load ${name}.service:\n${dump.slice(0, 2000)}`);
  const end = dump.indexOf("-> Unit ", start + 8);
  const text = dump.slice(start, end === -1 ? undefined : end);
  const lines = text.split("\n").map((line) => line.trimStart());
  const values = (key: string) =>
    lines.filter((line) => line.startsWith(`${key}: `)).map((line) => line.slice(key.length + 2));
  return {
    description: values("Description")[0] ?? "",
    command: shellWords(values("Command Line")[0] ?? ""),
    environment: values("Environment"),
    dump: text,
  };
}

/** systemd shows command lines in the shell's quoting. */
function shellWords(line: string): string[] {
  const output = execFileSync("sh", ["-c", `set -f; for word in ${line}; do printf '%s\\0' "$word"; done`], {
    encoding: "utf8",
  });
  return output.split("\0").slice(0, -1);
}
