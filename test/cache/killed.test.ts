import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { trimStore } from "../../src/cache/survey.ts";
import { cachedProject, type CachedProject } from "../helpers/cached-project.ts";
import { PROGRAM } from "../helpers/cli.ts";

/** Starts a build and kills it a moment after it has begun to keep something. */
async function buildAndKill(project: CachedProject, moment: number): Promise<void> {
  const { cache, directory } = project;
  const env = { ...process.env, VENVDEB_CACHE_DIR: cache, SOURCE_DATE_EPOCH: "1700000000" };
  const child = spawn(process.execPath, [PROGRAM, "build"], { cwd: directory, env, stdio: "ignore" });
  const ended = once(child, "exit");
  while (child.exitCode === null && !existsSync(join(cache, "layers/unfinished"))) await setTimeout(5);
  await setTimeout(moment);
  child.kill("SIGKILL");
  await ended;
}

test("whatever a killed build has left, the next one is right", async () => {
  const project = await cachedProject();
  const cold = await project.build({ noCache: true, output: join(project.directory, "cold") });
  for (const moment of [0, 20, 80, 200, 500]) {
    await buildAndKill(project, moment);
    const next = await project.build({ output: join(project.directory, `after-${moment}`) });
    expect(next.sha256, `killed after ${moment} ms`).toBe(cold.sha256);
    const store = join(project.cache, "layers");
    await trimStore(store, 0, Date.now() + 1000);
    expect(readdirSync(join(store, "unfinished"))).toEqual([]);
    // So that the next one has a beginning that can be seen.
    await rm(store, { recursive: true });
  }
}, 300_000);
