import { fileURLToPath } from "node:url";

/** Absolute folder of one of the tiny projects in test/fixtures/projects. */
export function fixtureProject(name: string): string {
  return fileURLToPath(new URL(`../fixtures/projects/${name}`, import.meta.url));
}
