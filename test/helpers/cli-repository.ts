import { chmodSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { PROGRAM, type CliResult } from "./cli.ts";
import { writeTestDeb, type TestDeb } from "./test-debs.ts";

/** A repository that is kept as a user would: by the compiled program alone. */
export interface CliRepository {
  readonly folder: string;
  /** `venvdeb repo …`, word by word. */
  readonly run: (...words: readonly string[]) => Promise<string>;
  /** `repo("key show")`: a command's words, then what follows the repository. Gives what it printed; fails when it fails. */
  readonly repo: (command: string, ...args: readonly string[]) => Promise<string>;
  /** The same, with its messages and its exit code. */
  readonly tryRepo: (command: string, ...args: readonly string[]) => Promise<CliResult>;
  /** Writes a package beside it; gives its path. */
  readonly deb: (deb: TestDeb) => string;
  readonly destroy: () => Promise<void>;
}

/** `daysAgo`: everything that is done with it is done then, by its clock. */
export function cliRepository({ daysAgo = 0 }: { readonly daysAgo?: number } = {}): CliRepository {
  const home = mkdtempSync(join(tmpdir(), "venvdeb-repository-"));
  // Web servers read it with rights of their own.
  chmodSync(home, 0o755);
  const folder = join(home, "apt");
  const env = { CI: "", NO_COLOR: "", VENVDEB_CONFIG_DIR: join(home, "config"), DONT_FAKE_MONOTONIC: "1" };
  const clock = daysAgo === 0 ? [] : ["faketime", "-f", `-${daysAgo}d`];
  const attempt = async (words: readonly string[]) => {
    const [program = "", ...args] = [...clock, process.execPath, PROGRAM, "repo", ...words];
    const { exitCode, stdout, stderr } = await execa(program, args, {
      cwd: home,
      env,
      reject: false,
      stdin: "ignore",
    });
    return { exitCode, stdout, stderr };
  };
  const run: CliRepository["run"] = async (...words) => {
    const { exitCode, stdout, stderr } = await attempt(words);
    if (exitCode === 0) return stdout;
    throw new Error(`repo ${words.join(" ")} ended with ${exitCode}\n${stdout}\n${stderr}`);
  };
  let debs = 0;
  return {
    folder,
    run,
    repo: (command, ...args) => run(...command.split(" "), folder, ...args),
    tryRepo: (command, ...args) => attempt([...command.split(" "), folder, ...args]),
    deb: (deb) => writeTestDeb(join(home, `deb-${debs++}`), { architecture: "all", ...deb }),
    destroy: () => rm(home, { recursive: true, force: true }),
  };
}
