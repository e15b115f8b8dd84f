import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { SyncPlan } from "../../src/sync/types.ts";
import { cli, type CliResult } from "./cli.ts";
import { gitRepository, type GitRepository } from "./git-repository.ts";
import { tempFiles } from "./temp-files.ts";

/** A repository, a fleet file, and the folders that keep them apart from the user's. */
export interface TestFleet {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly write: (fleet: string) => Promise<void>;
  readonly run: (...args: readonly string[]) => Promise<CliResult>;
  /** `sync fleet.toml --json`. */
  readonly sync: (...args: readonly string[]) => Promise<SyncRun>;
  readonly plan: () => Promise<SyncPlan>;
  /** `name version` of what a suite lists, all versions. */
  readonly listed: (suite: string) => Promise<string[]>;
}

export interface SyncRun {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly built: readonly {
    readonly source: string;
    readonly packages: readonly { readonly version: string }[];
  }[];
  readonly failed: readonly { readonly source: string; readonly code: string; readonly log: string }[];
  readonly sources: readonly { readonly source: string; readonly code: string }[];
  readonly published: readonly {
    readonly suite: string;
    readonly added: readonly { readonly name: string; readonly version: string }[];
  }[];
  readonly unpublished: readonly { readonly suite: string; readonly code: string }[];
}

export async function testFleet(): Promise<TestFleet> {
  const folder = await tempFiles();
  const env = {
    VENVDEB_STATE_DIR: join(folder, "state"),
    VENVDEB_CONFIG_DIR: join(folder, "config"),
    VENVDEB_CACHE_DIR: join(folder, "cache"),
  };
  const run = async (...args: readonly string[]) => cli(args, { cwd: folder, env });
  const made = await run(
    "repo",
    "init",
    "apt",
    "--suite=testing",
    "--suite=stable",
    "--origin=Example",
    "--label=Example",
  );
  expect(made.exitCode, made.stderr).toBe(0);
  return {
    folder,
    env,
    write: async (fleet) => writeFile(join(folder, "fleet.toml"), fleet),
    run,
    sync: async (...args) => {
      const { exitCode, stdout, stderr } = await run("sync", "fleet.toml", "--json", ...args);
      expect(stdout, stderr).not.toBe("");
      return { exitCode, stderr, ...JSON.parse(stdout) };
    },
    plan: async () => {
      const { stdout, stderr } = await run("sync", "fleet.toml", "--plan", "json");
      expect(stdout, stderr).not.toBe("");
      return JSON.parse(stdout);
    },
    listed: async (suite) => {
      const { stdout, stderr } = await run("repo", "list", "apt", suite, "--all-versions", "--json");
      expect(stdout, stderr).not.toBe("");
      const packages: { readonly name: string; readonly version: string }[] = JSON.parse(stdout);
      return packages.map(({ name, version }) => `${name} ${version}`);
    },
  };
}

/** A project that is built in a moment: a package of one file. */
export function smallProject(name: string, text: string): Record<string, string> {
  return {
    "pyproject.toml": `[project]
name = "${name}"
version = "0"
description = "${name} of the shop"
maintainers = [{ name = "Jane Doe", email = "jane@example.org" }]
[tool.venvdeb]
environment = false
architecture = "all"
files = { "/usr/share/${name}/text" = "text" }
`,
    text,
  };
}

/** A git repository with one version of a project. */
export async function projectRepository(name: string, tag?: string): Promise<GitRepository> {
  const repository = await gitRepository();
  repository.commit("Begin", smallProject(name, "one\n"));
  if (tag !== undefined) repository.run(["tag", tag]);
  return repository;
}
