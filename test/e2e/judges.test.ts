import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { hostCodename } from "../../src/rehearse/machine/host-apt.ts";
import { cachedTree } from "../helpers/machine-cache.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { builtSample, type SampleName } from "../helpers/samples.ts";

const samples: readonly SampleName[] = ["hello-web", "forecast"];

describe.each(samples)("Debian's own judges on %s", (name) => {
  let deb: string;
  beforeAll(async () => {
    deb = await builtSample(name);
  });

  test("lintian has no error and no warning", async () => {
    const { stdout } = await execa(
      "lintian",
      ["--allow-root", "--tag-display-limit", "0", "--display-level", ">=warning", deb],
      { reject: false },
    );
    expect(stdout).toBe("");
  });

  test("each override of lintian stands below its reason", async () => {
    const text = await shippedFile(deb, `usr/share/lintian/overrides/${name}`);
    const lines = text.trim().split("\n");
    const overrides = lines.flatMap((line, index) => (line === "" || isComment(line) ? [] : [index]));
    expect(overrides.filter((index) => !hasReason(lines, index)).map((index) => lines[index])).toEqual([]);
    expect(overrides).not.toEqual([]);
  });

  test("piuparts installs, removes and purges it without complaint", async () => {
    const release = await hostCodename();
    const tree = await cachedTree({ release, packages: [] });
    const log = join(runFolder(), `piuparts-${name}.log`);
    const options = {
      distribution: release,
      "existing-chroot": tree,
      // An empty /opt goes with its last package.
      ignore: "/opt/",
      "log-file": log,
      "log-level": "error",
    };
    const valued = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
    const { exitCode } = await execa("piuparts", [...valued, "--keep-sources-list", "--no-eatmydata", deb], {
      reject: false,
    });
    expect(exitCode, await tail(log)).toBe(0);
  });

  test("dpkg-deb reads it, and every path below its root belongs to root", async () => {
    const { stdout: fields } = await execa("dpkg-deb", ["-I", deb]);
    expect(fields).toMatch(new RegExp(`^ Package: ${name}$`, "m"));
    const { stdout: listing } = await execa("dpkg-deb", ["-c", deb]);
    const lines = listing.split("\n");
    expect(lines[0]).toMatch(/^drwxr-xr-x root\/root +0 .* \.\/$/);
    expect(lines.filter((line) => !line.includes(" root/root "))).toEqual([]);
    expect(lines.filter((line) => /^-.{7}w|^-.{4}w|^d.{7}w|^d.{4}w/.test(line))).toEqual([]);
  });
});

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

async function shippedFile(deb: string, path: string): Promise<string> {
  const archive = execa("dpkg-deb", ["--fsys-tarfile", deb], { buffer: false });
  const { stdout } = await archive.pipe("tar", ["-xO", `./${path}`]);
  return stdout;
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, "utf8")).split("\n").slice(-60).join("\n");
}
