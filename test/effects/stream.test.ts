import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { streamProgram, type Ending } from "../../src/effects/stream.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const LIMITS = { seconds: 30, bytes: 1e6, fileBytes: 1e6, debianPackage: "none" };

async function shell(script: string, limits: Partial<typeof LIMITS> = {}, input = "") {
  const cwd = await tempFiles();
  const program = streamProgram("sh", ["-c", script], {
    ...LIMITS,
    ...limits,
    cwd,
    input,
    env: { PATH: "/usr/bin:/bin" },
  });
  let text = "";
  for (;;) {
    const next: IteratorResult<Buffer, Ending> = await program.next();
    if (next.done === true) return { text, cwd, ...next.value };
    text += next.value.toString();
  }
}

it("gives the output of a program, how it ended, and what it said without secrets", async () => {
  expect(await shell("cat; echo at https://u:secret@example.org >&2; exit 3", {}, "input")).toMatchObject({
    text: "input",
    exitCode: 3,
    stderr: "at https://****@example.org\n",
  });
});

it("ends a program, with all that it has started, when its time is over", async () => {
  const begin = performance.now();
  const { stopped, cwd } = await shell("sleep 60 & echo $! >pid; sleep 60", { seconds: 1 });
  expect(stopped).toBe("time");
  expect(performance.now() - begin).toBeLessThan(20_000);
  await setTimeout(200);
  const pid = readFileSync(join(cwd, "pid"), "utf8").trim();
  const status = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  expect(status).not.toMatch(/^State:\s+[^Z]/m);
});

it("ends a program that says too much, or writes too large a file", async () => {
  expect((await shell("yes", { bytes: 1000 })).stopped).toBe("size");
  expect((await shell("exec head -c 2000000 /dev/zero >big", { fileBytes: 1000 })).exitCode).not.toBe(0);
});

it("says which program is missing", async () => {
  const program = streamProgram("no-such-program", [], { ...LIMITS, cwd: "/", env: { PATH: "/usr/bin" } });
  expect(await thrown(() => program.next())).toMatchObject({
    code: "TOOL_MISSING",
    hint: "apt-get install none",
  });
});
