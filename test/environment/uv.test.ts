import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findUv } from "../../src/environment/uv.ts";
import { testHost } from "../helpers/environment-build.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

test("uv is brought from the index once, by several at the same time, and found again", async () => {
  const cacheDirectory = await tempFiles();
  const host = testHost({ cacheDirectory });
  const reporter = recordingReporter();
  const found = await Promise.all([findUv(host, reporter), findUv(host, reporter)]);
  expect(found[0]).toEqual(found[1]);
  expect(await readdir(join(cacheDirectory, "tools"))).toHaveLength(1);
  const again = recordingReporter();
  expect(await findUv(host, again)).toEqual(found[0]);
  expect(again.steps).toEqual([]);
  await writeFile(found[0].program, "#!/bin/sh\nexit 1\n");
  expect(await findUv(host, again)).toEqual(found[0]);
  expect(again.steps).toEqual(["Bring uv"]);
});

test("where no index is reached the error says what to install", async () => {
  const host = testHost({
    cacheDirectory: await tempFiles(),
    env: { PATH: "/usr/bin:/bin", PIP_INDEX_URL: "http://u:canary@127.0.0.1:9/simple", PIP_RETRIES: "0" },
  });
  const error = await thrown(() => findUv(host, recordingReporter()));
  expect(error.code).toBe("TOOL_UV_MISSING");
  expect(error.hint).toContain("apt-get install python3-pip");
  expect(error.message).not.toContain("canary");
});

test("a uv on PATH is taken when it is new enough, else another is used", async () => {
  const folder = await tempFiles();
  const program = join(folder, "uv");
  const host = testHost({ env: { PATH: `${folder}:/usr/bin:/bin` } });
  await writeFile(program, "#!/bin/sh\necho 'uv 99.1.0 (test)'\n", { mode: 0o755 });
  expect(await findUv(host, recordingReporter())).toEqual({ program: "uv", version: "99.1.0" });
  await writeFile(program, "#!/bin/sh\necho 'uv 0.1.0'\n", { mode: 0o755 });
  const reporter = recordingReporter();
  expect((await findUv(host, reporter)).program).not.toBe("uv");
  expect(reporter.infos.join("\n")).toContain("0.1.0");
});
