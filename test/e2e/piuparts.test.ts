import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { hostCodename } from "../../src/rehearse/machine/host-apt.ts";
import { writeRepository } from "../helpers/local-repository.ts";
import { cachedTree } from "../helpers/machine-cache.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { builtSamples, builtVariant, type SampleName } from "../helpers/samples.ts";
import { builtOldShop } from "./shop-versions.ts";

/**
 * All its ways of installing. Its upgrade to the next release is not one of them: a package is for the release that it
 * was built on.
 */
describe("piuparts has no complaint", () => {
  test("of installing and purging", async () => {
    const log = await piuparts("forecast", ["forecast"], ["--no-upgrade-test"]);
    expect(log).toContain("PASS: Installation and purging test.");
  });

  test("of purging or removing them and installing them again, or a newer version", async () => {
    const log = await piuparts("again", ["hello-web", "shop", "legacy"], AGAIN, await olderVersions());
    for (const sign of [...SIGNS, "PASS: Installation, upgrade and purging tests."])
      expect(log).toContain(sign);
  });

  test("of a fragment of another package's configuration", async () => {
    const log = await piuparts("fragment", ["shop-theme"], AGAIN, await builtSamples(["shop"]));
    for (const sign of SIGNS) expect(log).toContain(sign);
  });
});

const AGAIN = ["--install-purge-install", "--install-remove-install"];
const SIGNS = [
  "Reinstalling after purge",
  "Reinstalling after remove",
  "PASS: Installation and purging test.",
];

async function olderVersions(): Promise<string[]> {
  const helloWeb = { "pyproject.toml": [['version = "1.0.0"', 'version = "0.9.0"']] } as const;
  const legacy = { "setup.py": [['version="2.3.0"', 'version="2.2.0"']] } as const;
  return [
    await builtVariant("hello-web", { id: "0.9.0", edits: helloWeb }),
    await builtVariant("legacy", { id: "2.2.0", edits: legacy }),
    await builtOldShop(),
  ];
}

/** Installs them together, with others to be had by apt; gives what it said. */
async function piuparts(
  what: string,
  names: readonly SampleName[],
  modes: readonly string[],
  others: readonly string[] = [],
): Promise<string> {
  const release = await hostCodename();
  const tree = await cachedTree({ release, packages: [] });
  const log = join(runFolder(), `piuparts-${what}.log`);
  const options = {
    distribution: release,
    "existing-chroot": tree,
    // An empty /opt goes with its last package.
    ignore: "/opt/",
    "log-file": log,
    "log-level": "info",
    ...(others.length === 0 ? {} : await sourceOf(`${log}.d`, others)),
  };
  const valued = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
  const debs = await builtSamples(names);
  const { exitCode } = await execa(
    "piuparts",
    [...valued, ...modes, "--keep-sources-list", "--no-eatmydata", ...debs],
    { reject: false },
  );
  const said = await readFile(log, "utf8");
  expect(exitCode, said.split("\n").slice(-60).join("\n")).toBe(0);
  return said;
}

/** Options for one more source of packages: its own option for that holds only where it writes all of them. */
async function sourceOf(folder: string, debs: readonly string[]): Promise<Record<string, string>> {
  await writeRepository(folder, debs);
  const source = `echo 'deb [trusted=yes] file:${folder} ./' >/etc/apt/sources.list.d/others.list`;
  await writeFile(join(folder, "post_chroot_unpack_others"), `#!/bin/sh\n${source}\n`, { mode: 0o755 });
  return { bindmount: folder, scriptsdir: folder };
}
