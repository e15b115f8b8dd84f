import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A throw-away root on which real dpkg runs real maintainer scripts, from outside (`--force-script-chrootless`). */
export interface DpkgLife {
  readonly root: string;
  /**
   * Runs dpkg without a terminal, so that a question fails; `faults` are calls that the packages' own scripts fail:
   * `1.0-1.prerm.upgrade`.
   */
  dpkg(args: readonly string[], faults?: readonly string[]): DpkgRun;
  /** The same, beside others. */
  run(args: readonly string[], faults?: readonly string[]): Promise<DpkgRun>;
  /** `installed ok 1.0-1` and the like; empty for a package that dpkg does not know. */
  state(name: string): string;
  /** Another root in the same state. */
  copy(): DpkgLife;
  remove(): void;
}

export interface DpkgRun {
  readonly exitCode: number;
  readonly output: string;
}

/** @param packages those that are there already, as records without files */
export function dpkgLife(packages: readonly string[] = []): DpkgLife {
  const root = mkdtempSync(join(FOLDER, "venvdeb-life-"));
  for (const folder of ["info", "updates", "triggers"])
    mkdirSync(join(root, "var/lib/dpkg", folder), { recursive: true });
  mkdirSync(join(root, "etc"));
  mkdirSync(join(root, "tmp"));
  writeFileSync(join(root, "var/lib/dpkg/status"), packages.map(recordOf).join("\n"));
  for (const name of packages) writeFileSync(join(root, `var/lib/dpkg/info/${name}.list`), "/.\n");
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nssl-cert:x:110:\n");
  return lifeAt(root);
}

/** In memory where the machine has such a folder: dpkg waits for the disk at every step. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

function lifeAt(root: string): DpkgLife {
  return {
    root,
    dpkg(args, faults = []) {
      const { status, stdout, stderr } = spawnSync("dpkg", argumentsFor(root, args), {
        stdio: ["ignore", "pipe", "pipe"],
        encoding: "utf8",
        env: environmentWith(faults),
      });
      return { exitCode: status ?? 128, output: `${stdout}${stderr}` };
    },
    run: (args, faults = []) =>
      new Promise((resolve) => {
        const options = { env: environmentWith(faults) };
        const child = execFile("dpkg", argumentsFor(root, args), options, (_error, stdout, stderr) => {
          resolve({ exitCode: child.exitCode ?? 128, output: `${stdout}${stderr}` });
        });
        child.stdin?.end();
      }),
    state: (name) =>
      spawnSync(
        "dpkg-query",
        [
          `--admindir=${join(root, "var/lib/dpkg")}`,
          "--show",
          "--showformat=${db:Status-Status} ${db:Status-Eflag} ${Version}",
          name,
        ],
        { encoding: "utf8" },
      ).stdout,
    copy() {
      const other = mkdtempSync(join(FOLDER, "venvdeb-life-"));
      rmSync(other, { recursive: true });
      cpSync(root, other, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      return lifeAt(other);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function argumentsFor(root: string, args: readonly string[]): string[] {
  return [`--root=${root}`, "--force-not-root", "--force-script-chrootless", "--force-unsafe-io", ...args];
}

function environmentWith(faults: readonly string[]): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: "C.UTF-8", FAULTS: ` ${faults.join(" ")} ` };
}

function recordOf(name: string): string {
  return `Package: ${name}
Status: install ok installed
Maintainer: Nobody <nobody@example.org>
Architecture: all
Version: 99
Description: ${name}
`;
}
