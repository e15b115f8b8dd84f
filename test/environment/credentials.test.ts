import { execFileSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Host } from "../../src/effects/host.ts";
import type { RequirementsPlan } from "../../src/plan/types.ts";
import { buildTestEnvironment, testHost } from "../helpers/environment-build.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { serveIndex } from "../helpers/simple-index.ts";
import { writeSourceArchive } from "../helpers/source-archive.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";
import { writeWheel } from "../helpers/wheel-writer.ts";

const USER = "reader";
const CANARY = "canary-7f3a";

/** A machine whose user has nothing but what the test gives. */
async function bareHost(folder: string, env: Readonly<Record<string, string>>): Promise<Host> {
  const home = join(folder, "home");
  await mkdir(home, { recursive: true });
  return testHost({
    home,
    env: { PATH: process.env["PATH"], HOME: home, PIP_CONFIG_FILE: "/dev/null", ...env },
  });
}

async function privateIndex(folder: string) {
  const files = join(folder, "files");
  const wheel = await writeWheel(files, { name: "private", files: { "private.py": "x = 1\n" } });
  const archive = await writeSourceArchive(files, "sourced");
  const index = await serveIndex(files, USER, CANARY);
  return { ...index, wheel, archive, secretUrl: index.origin.replace("//", `//${USER}:${CANARY}@`) };
}

function loose(...requirements: readonly string[]): RequirementsPlan {
  return { kind: "loose", requirements, files: [] };
}

function expectNoCanary(root: string): void {
  const found = execFileSync("sh", ["-c", `grep -rlaF ${CANARY} "$0" || true`, root], { encoding: "utf8" });
  expect(found).toBe("");
}

for (const installer of ["uv", "pip"] as const) {
  test(`the user and password of pip's index reach the index and nothing else (${installer})`, async () => {
    const folder = await tempFiles();
    const { secretUrl, served } = await privateIndex(folder);
    const host = await bareHost(folder, {
      PIP_INDEX_URL: `${secretUrl}/simple/`,
      CLOUD_SECRET: CANARY,
    });
    const reporter = recordingReporter();
    const requirements = loose("private", "sourced");
    const built = await buildTestEnvironment({ folder, installer, requirements, reporter, host });
    expect(built.distributions.map(({ name, origin }) => `${name} ${origin}`)).toEqual([
      "private index",
      "sourced built",
    ]);
    expect(served).toContain("/files/sourced-1.0.tar.gz");
    expect([...reporter.steps, ...reporter.infos].join("\n")).not.toContain(CANARY);
    expectNoCanary(built.root);
  });

  test(`a lock with plain URLs takes the password from netrc (${installer})`, async () => {
    const folder = await tempFiles();
    const { origin, wheel, archive } = await privateIndex(folder);
    const host = await bareHost(folder, {});
    await writeFile(join(host.home, ".netrc"), `machine 127.0.0.1 login ${USER} password ${CANARY}\n`);
    await chmod(join(host.home, ".netrc"), 0o600);
    const file = (filename: string, sha256: string) => ({
      filename,
      url: `${origin}/files/${filename}`,
      hashes: { sha256 },
    });
    const requirements: RequirementsPlan = {
      kind: "locked",
      file: "test.lock",
      distributions: [
        {
          name: "private",
          version: "1.0",
          source: { kind: "index", files: [file("private-1.0-py3-none-any.whl", wheel.sha256)] },
        },
        {
          name: "sourced",
          version: "1.0",
          source: { kind: "index", files: [file("sourced-1.0.tar.gz", archive.sha256)] },
        },
      ],
    };
    const built = await buildTestEnvironment({
      folder,
      installer,
      requirements,
      reporter: recordingReporter(),
      host,
    });
    expect(built.distributions).toHaveLength(2);
    expectNoCanary(built.root);
  });

  test(`a refused password is not in the error (${installer})`, async () => {
    const folder = await tempFiles();
    const { secretUrl } = await privateIndex(folder);
    const url = secretUrl.replace(CANARY, "wrong-canary");
    const host = await bareHost(folder, { PIP_INDEX_URL: `${url}/simple/` });
    const reporter = recordingReporter();
    const error = await thrown(() =>
      buildTestEnvironment({ folder, installer, requirements: loose("private"), reporter, host }),
    );
    expect(error.code).toBe("INSTALL_RESOLVE_FAILED");
    expect(`${error.message} ${error.hint ?? ""}`).not.toContain("canary");
  });

  test(`requirements with hashes and no URL are looked up, other digests refused (${installer})`, async () => {
    const folder = await tempFiles();
    const { secretUrl, wheel } = await privateIndex(folder);
    const host = await bareHost(folder, { PIP_INDEX_URL: `${secretUrl}/simple/` });
    const reporter = recordingReporter();
    const built = await buildTestEnvironment({
      folder,
      installer,
      requirements: lockByHash(wheel.sha256),
      reporter,
      host,
    });
    expect(built.distributions[0]).toMatchObject({ name: "private", sha256: wheel.sha256 });
    const error = await thrown(() =>
      buildTestEnvironment({ folder, installer, requirements: lockByHash("0".repeat(64)), reporter, host }),
    );
    expect(error.code).toMatch(/^INSTALL_(?:HASH_MISMATCH|RESOLVE_FAILED)$/);
    expect(error.message).toMatch(/digest|hash/i);
  });
}

test.each(["uv", "pip"] as const)(
  "the index that a requirements file names is asked, with its password from the settings (%s)",
  async (installer) => {
    const folder = await tempFiles();
    const { origin, secretUrl, wheel } = await privateIndex(folder);
    const host = await bareHost(folder, {
      PIP_EXTRA_INDEX_URL: `${secretUrl}/simple/`,
      PIP_INDEX_URL: "http://127.0.0.1:9/",
    });
    const requirements = lockByHash(wheel.sha256, `${origin}/simple/`);
    const built = await buildTestEnvironment({
      folder,
      installer,
      requirements,
      reporter: recordingReporter(),
      host,
    });
    expect(built.distributions.map(({ name }) => name)).toEqual(["private"]);
  },
);

test("a password of a pip.conf, and find-links with spaces of lines, are uv's too", async () => {
  const folder = await tempFiles();
  const { secretUrl } = await privateIndex(folder);
  const config = join(folder, "pip.conf");
  await writeFile(config, `[global]\nextra-index-url =\n    ${secretUrl}/simple/\nno_index_unused = 1\n`);
  const host = await bareHost(folder, { PIP_CONFIG_FILE: config });
  const built = await buildTestEnvironment({
    folder,
    requirements: loose("private"),
    reporter: recordingReporter(),
    host,
  });
  expect(built.distributions.map(({ name }) => name)).toEqual(["private"]);
  expectNoCanary(built.root);
});

/** As of a requirements file: a version and a digest, no file. */
function lockByHash(sha256: string, index?: string): RequirementsPlan {
  const source = {
    kind: "index",
    files: [{ filename: "", hashes: { sha256 } }],
    ...(index === undefined ? {} : { index }),
  } as const;
  return {
    kind: "locked",
    file: "requirements.txt",
    distributions: [{ name: "private", version: "1.0", source }],
  };
}
