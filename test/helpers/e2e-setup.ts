import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly runFolder: string;
  }
}

/** Vitest's globalSetup of the end-to-end suites: compiles the program, makes the shared folder, removes it at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await execa("npm", ["run", "--silent", "build"], { cwd: join(import.meta.dirname, "../..") });
  const folder = await mkdtemp(join(tmpdir(), "venvdeb-e2e-"));
  // Ordinary users build in it too (test/e2e/reproducible.test.ts).
  await chmod(folder, 0o755);
  project.provide("runFolder", folder);
  return () => rm(folder, { recursive: true, force: true });
}
