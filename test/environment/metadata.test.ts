import { expect, test } from "vitest";
import { buildEnvironment } from "../../src/environment/build.ts";
import { readProjectMetadata } from "../../src/environment/metadata.ts";
import { detectTarget } from "../../src/environment/target.ts";
import { testHost, testPlan } from "../helpers/environment-build.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { join } from "node:path";
import { thrown } from "../helpers/thrown.ts";

const SETUP =
  "from setuptools import setup\nsetup(name='dyn.app', version=open('VERSION').read(), py_modules=['dyn'])\n";

test("the backend's metadata costs one build: its wheel is what is installed later", async () => {
  const host = testHost();
  const reporter = recordingReporter();
  const directory = await tempFiles({ "setup.py": SETUP, VERSION: "1.4.dev2", "dyn.py": "" });
  const options = {
    target: await detectTarget({}, host),
    installer: "uv",
    host,
    reporter,
    timestamp: 1_700_000_000,
  } as const;
  const { metadata, wheel } = await readProjectMetadata(directory, {
    ...options,
    scratch: await tempFiles(),
  });
  expect(metadata).toMatch(/^Version: 1\.4\.dev2$/m);
  const requirements = { kind: "loose", requirements: [], files: [] } as const;
  const project = { directory, kind: "wheel", name: "dyn-app", version: "1.4.dev2" } as const;
  const plan = await testPlan({ folder: directory, requirements, reporter, project }, host);
  const root = join(await tempFiles(), "root");
  const built = await buildEnvironment(plan, { root, host, reporter, jobs: 1, projectWheel: wheel });
  expect(built.distributions.map(({ name, version, origin }) => [name, version, origin])).toEqual([
    ["dyn-app", "1.4.dev2", "project"],
  ]);
  expect(reporter.steps.filter((step) => step.startsWith("Build"))).toHaveLength(1);
});

test("a build that fails ends with the backend's words, and the hint of what is missing", async () => {
  const host = testHost();
  const line = "pq.c:3:10: fatal error: libpq-fe.h: No such file or directory";
  const directory = await tempFiles({ "setup.py": `import sys\nsys.exit(${JSON.stringify(line)})\n` });
  const options = { installer: "uv", host, reporter: recordingReporter(), timestamp: 1 } as const;
  const target = await detectTarget({}, host);
  const error = await thrown(
    async () => await readProjectMetadata(directory, { ...options, target, scratch: await tempFiles() }),
  );
  expect(error.code).toBe("INSTALL_BUILD_FAILED");
  expect(error.message).toContain(line);
  expect(error.hint).toContain("libpq-dev");
});

test("a folder that nothing can build is refused", async () => {
  const host = testHost();
  const directory = await tempFiles({ "app.py": "" });
  const options = { installer: "uv", host, reporter: recordingReporter(), timestamp: 1 } as const;
  const target = await detectTarget({}, host);
  const error = await thrown(
    async () => await readProjectMetadata(directory, { ...options, target, scratch: await tempFiles() }),
  );
  expect(error.code).toBe("INSTALL_NOT_BUILDABLE");
});
