import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostCodename } from "../../src/rehearse/machine/host-apt.ts";
import { writeRepository } from "../helpers/local-repository.ts";
import { cachedTree } from "../helpers/machine-cache.ts";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { builtSample, builtVariant, type SampleName } from "../helpers/samples.ts";
import { expectSoundShell } from "../helpers/sound-shell.ts";
import { builtOldShop } from "./shop-versions.ts";

const samples = ["hello-web", "forecast", "shop", "shop-theme", "legacy"] as const;

test("lintian has no error and no warning", async () => {
  const options = ["--allow-root", "--tag-display-limit", "0", "--display-level", ">=warning"];
  const { stdout } = await execa("lintian", [...options, ...(await built(samples))], { reject: false });
  expect(stdout).toBe("");
});

describe.each(samples)("the package %s", (name) => {
  test("has a reason above each override of lintian", async () => {
    const text = await shippedFile(await builtSample(name), `usr/share/lintian/overrides/${name}`);
    const lines = text.trim().split("\n");
    const overrides = lines.flatMap((line, index) => (line === "" || isComment(line) ? [] : [index]));
    expect(overrides.filter((index) => !hasReason(lines, index)).map((index) => lines[index])).toEqual([]);
    expect(overrides).not.toEqual([]);
  });

  test("is read by dpkg-deb, and all but folders for data belongs to root", async () => {
    const deb = await builtSample(name);
    const { stdout: fields } = await execa("dpkg-deb", ["-I", deb]);
    expect(fields).toMatch(new RegExp(`^ Package: ${name}$`, "m"));
    const { stdout: listing } = await execa("dpkg-deb", ["-c", deb]);
    const lines = listing.split("\n");
    expect(lines[0]).toMatch(/^drwxr-xr-x root\/root +0 .* \.\/$/);
    const given = /^drwx\S+ +(\S+)\/\1 .* \.\/var\/(?:lib|log)\/\1\/$/;
    expect(lines.filter((line) => !line.includes(" root/root ") && !given.test(line))).toEqual([]);
    expect(lines.filter((line) => /^-.{7}w|^-.{4}w|^d.{7}w|^d.{4}w/.test(line))).toEqual([]);
  });
});

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
    const log = await piuparts("fragment", ["shop-theme"], AGAIN, await built(["shop"]));
    for (const sign of SIGNS) expect(log).toContain(sign);
  });

  test("of an upgrade", async () => {
    const names = ["hello-web", "shop", "shop-theme", "legacy"] as const;
    const log = await piuparts("upgrade", names, ["--no-install-purge-test"], await olderVersions());
    expect(log).toContain("PASS: Installation, upgrade and purging tests.");
  });
});

const AGAIN = ["--install-purge-install", "--install-remove-install"];
const SIGNS = [
  "Reinstalling after purge",
  "Reinstalling after remove",
  "PASS: Installation and purging test.",
];

describe("on a machine with all of them", () => {
  let machine: Machine;
  let units: string[];
  beforeAll(async () => {
    machine = await createMachine({ name: "judges", packages: ["debsums"], ports: [8003] });
    await machine.enterChroot();
    const debs: string[] = [];
    for (const deb of await built(samples)) debs.push(await machine.copyIn(deb));
    await machine.sh("apt-get -q update");
    await machine.run("apt-get", ["-q", "-y", "install", "--no-install-recommends", ...debs]);
    const listed = await machine.sh(`dpkg -L ${samples.join(" ")}`);
    units = listed
      .split("\n")
      .filter((path) => /\/systemd\/system\/[^/]+\.(?:service|socket|timer)$/.test(path));
  });
  afterAll(() => machine.destroy());

  test("debsums finds every file as it was shipped", async () => {
    expect(await machine.sh(`debsums --all ${samples.join(" ")} | grep -v ' OK$' || true`)).toBe("");
  });

  test("systemd understands every word of every unit", async () => {
    expect(units).toContain("/usr/lib/systemd/system/shop.service");
    const { stdout, stderr } = await machine.run("systemd-analyze", ["verify", "--man=no", ...units]);
    expect(`${stdout}${stderr}`).toBe("");
  });

  test("systemd rates every service's exposure as OK", async () => {
    const services = units
      .filter((path) => path.endsWith(".service"))
      .map((path) => path.replace(/.*\//, ""));
    const options = ["--no-pager", "--offline=true", `--threshold=${EXPOSURE}`];
    const { exitCode, stdout } = await machine.run("systemd-analyze", ["security", ...options, ...services], {
      check: false,
    });
    expect({ exitCode, said: exitCode === 0 ? "" : stdout }).toEqual({ exitCode: 0, said: "" });
  });

  test.each(samples)("every script that %s brings is sound shell", async (name) => {
    const scripts = await generatedScripts(name);
    for (const text of scripts) expectSoundShell(text);
  });

  async function generatedScripts(name: SampleName): Promise<string[]> {
    const paths = await machine.sh(`dpkg -L ${name} | grep -E '^/etc/(init|cron)\\.d/[^/]+$|-ctl$' || true
ls /var/lib/dpkg/info/${name}.*inst /var/lib/dpkg/info/${name}.*rm /var/lib/dpkg/info/${name}.config 2>/dev/null || true`);
    const files = paths.split("\n").filter((path) => path !== "");
    const texts = files.map(async (path) => {
      const text = await readFile(join(machine.root, path), "utf8");
      return path.startsWith("/etc/cron.d/") ? cronCommands(text) : text;
    });
    return Promise.all(texts);
  }
});

/** Tenths, of 10; OK ends at 4, and without our hardening it is 9. */
const EXPOSURE = 25;

/** Commands of a file in /etc/cron.d, one a line, as cron hands them to a shell. */
function cronCommands(text: string): string {
  const lines = text
    .split("\n")
    .flatMap((line) => /^(?:[\d*]\S*\s+\S+\s+\S+\s+\S+\s+\S+|@\w+)\s+\S+\s+(.*)$/.exec(line)?.[1] ?? []);
  if (lines.length === 0) throw new Error(`no line of cron in:\n${text}`);
  return lines.map((line) => `${line.replaceAll("\\%", "%")}\n`).join("");
}

async function built(names: readonly SampleName[]): Promise<string[]> {
  const debs: string[] = [];
  for (const name of names) debs.push(await builtSample(name));
  return debs;
}

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
  const debs = await built(names);
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

function isComment(line: string | undefined): boolean {
  return line?.startsWith("# ") === true;
}

/** A comment tells the reason of every line until the next empty one. */
function hasReason(lines: readonly string[], index: number): boolean {
  for (let above = index; above >= 0; above -= 1) {
    if (lines[above] === "") return false;
    if (isComment(lines[above])) return true;
  }
  return false;
}

/** Empty when it is not there. */
async function shippedFile(deb: string, path: string): Promise<string> {
  const archive = execa("dpkg-deb", ["--fsys-tarfile", deb], { buffer: false, reject: false });
  const { stdout } = await archive.pipe("tar", ["-xO", `./${path}`], { reject: false });
  return stdout;
}
