import { readdir } from "node:fs/promises";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { tempFiles } from "../helpers/temp-files.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** Works in a private folder, beside a file that is being written, with a program that would run for a minute. */
const WORK = `
const { handleSignals } = await import(DIST + "signals.js");
const { isInterrupted } = await import(DIST + "interruption.js");
const { withTempDir, writeBeside } = await import(DIST + "temp-dir.js");
const { exec } = await import(DIST + "exec.js");
handleSignals();
try {
  await withTempDir(() => writeBeside(process.env.TMPDIR + "/out.deb", async (file) => {
    await file.write("half");
    await exec("sh", ["-c", "echo $$; exec sleep 60"], { onLine: (line) => console.log(line) });
  }));
} catch {}
if (isInterrupted()) await new Promise(() => {});
console.log("went on");
`;

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends what runs, leaves nothing behind and exits with %d", async (signal, exitCode) => {
    const folder = await tempFiles();
    const dist = JSON.stringify(new URL("../../dist/effects/", import.meta.url).href);
    const code = WORK.replaceAll("DIST", dist);
    const child = execa(process.execPath, ["--input-type=module", "-e", code], {
      env: { TMPDIR: folder },
      reject: false,
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const pid = await waitFor(() => Promise.resolve(/^\d+$/m.exec(said)?.[0]), {
      what: "the program to run",
    });
    expect(await readdir(folder)).toHaveLength(2);
    child.kill(signal);
    const result = await child;
    expect([result.exitCode, result.stdout]).toEqual([exitCode, pid]);
    expect(await readdir(folder)).toEqual([]);
    expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
  });
});
