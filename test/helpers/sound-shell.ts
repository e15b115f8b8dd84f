import { spawnSync } from "node:child_process";
import { expect } from "vitest";

/** Lets every judge of shell scripts read one; `except`: findings of shellcheck that its user's words bring about. */
export function expectSoundShell(text: string, except: readonly string[] = []): void {
  for (const [file = "", ...args] of [
    ["dash", "-n"],
    ["bash", "--posix", "-n"],
    ["shellcheck", "--shell=sh", `--exclude=${["SC1091", ...except].join(",")}`, "-"],
  ]) {
    const { status, stdout, stderr } = spawnSync(file, args, { input: text, encoding: "utf8" });
    expect(status, `${file}: ${stdout}${stderr}`).toBe(0);
  }
}
