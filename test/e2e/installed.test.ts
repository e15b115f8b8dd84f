import { execa } from "execa";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The program as npm installs it from its own tarball: what is missing from `files` shows here only. */
const repository = join(import.meta.dirname, "../..");
let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "venvdeb-installed-"));
  const { stdout } = await execa("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: repository,
  });
  await execa("npm", ["install", "--silent", "--omit=dev", "--prefix", folder, join(folder, stdout.trim())]);
  program = join(folder, "node_modules/.bin/venvdeb");
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("the installed program says its version", async () => {
  expect((await execa(program, ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+/);
});

test("the installed program has its templates and data: it builds a sample application", async () => {
  const output = join(folder, "out");
  const built = await execa(program, ["build", "sample-apps/hello-web", "-o", output], { cwd: repository });
  expect(built.stdout).toMatch(/hello-web_[^/]+\.deb$/);
  const { stdout } = await execa("dpkg-deb", ["--field", built.stdout, "Package"]);
  expect(stdout).toBe("hello-web");
});
