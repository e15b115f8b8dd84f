import { randomUUID } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { cli } from "../helpers/cli.ts";
import { cliRepository } from "../helpers/cli-repository.ts";
import { dpkgLife, type DpkgLife } from "../helpers/dpkg-life.ts";
import { build } from "../helpers/program.ts";

const OURS = "# shipped\n";
const EDITED = "# edited by the operator\n";

/** Each version is made from the one before; the third leaves all that was migrated as it is. */
const versions = {
  "1.0.0": `
[files]
"/etc/skins/old-name.conf" = "ours"
"/etc/skins/dropped.conf" = "ours"
"/etc/skins/dropped-too.conf" = "ours"
"/usr/share/skins/plain/style.css" = "ours"
[links]
"/usr/share/skins/current" = "/usr/share/skins/plain"
`,
  "2.0.0": `
[renames]
"/etc/skins/old-name.conf" = "/etc/skins/new-name.conf"
[files]
"/etc/skins/new-name.conf" = "ours"
"/usr/share/skins/all/style.css" = "ours"
"/usr/share/skins/current/style.css" = "ours"
[links]
"/usr/share/skins/plain" = "/usr/share/skins/all"
`,
} as const;
const after = versions["2.0.0"].replace(/\[renames\]\n.*\n/, "");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "venvdeb-previous-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("build --previous", () => {
  let debs: { first: string; second: string; third: string };
  beforeAll(async () => {
    const first = await built("1.0.0", versions["1.0.0"]);
    const second = await built("2.0.0", versions["2.0.0"], first);
    debs = { first, second, third: await built("3.0.0", after, second) };
  }, 60_000);

  it.each([
    ["the next version", () => [debs.second]],
    ["the version after that, one left out", () => [debs.third]],
    ["one after the other", () => [debs.second, debs.third]],
  ])("makes a package that dpkg upgrades to %s without a question or a loss", (_what, next) => {
    const life = started(debs.first);
    writeFileSync(join(life.root, "etc/skins/old-name.conf"), EDITED);
    writeFileSync(join(life.root, "etc/skins/dropped.conf"), EDITED);
    for (const deb of next()) expectInstalled(life, deb);
    const { "new-name.conf.dpkg-new": shipped = OURS, ...files } = readBelow(life, "etc/skins");
    expect(files).toEqual({ "dropped.conf.dpkg-bak": EDITED, "new-name.conf": EDITED });
    expect(shipped).toBe(OURS);
    expect(kinds(life)).toEqual({ all: "folder", current: "folder", plain: "all" });
    expect(life.dpkg(["--purge", "skins"]).exitCode).toBe(0);
    expect(["etc/skins", "usr/share/skins"].filter((path) => existsSync(join(life.root, path)))).toEqual([]);
  });

  it("goes back too, and edited configuration is at its old place again", () => {
    const life = started(debs.first);
    writeFileSync(join(life.root, "etc/skins/old-name.conf"), EDITED);
    expectInstalled(life, debs.second);
    expectInstalled(life, debs.first);
    expect(readBelow(life, "etc/skins")).toMatchObject({ "old-name.conf": EDITED, "dropped.conf": OURS });
  });

  it("takes it from a repository: the same file, and none at the first publication", async () => {
    const { repo, folder: apt, destroy } = cliRepository();
    onTestFinished(destroy);
    await repo("init", "--suite", "stable", "--origin", "Skins", "--label", "Skins", "--arch", "amd64");
    const project = await projectOf("2.0.0", versions["2.0.0"]);
    const options = { cwd: project, env: { SOURCE_DATE_EPOCH: "1700000000" } };
    const first = await cli(["build", "--previous", `${apt}#stable`, "-o", "first"], options);
    expect(first.stderr).toContain("nothing to migrate");
    await repo("add", "stable", debs.first);
    const next = await cli(["build", "--previous", `${apt}#stable`], options);
    const same = await cli(["build", "--previous", debs.first, "-o", "same"], options);
    expect(readFileSync(next.stdout.trim())).toEqual(readFileSync(same.stdout.trim()));
  });

  it("refuses what no upgrade can bring over, and says what to do", async () => {
    const project = await projectOf("2.0.0", '[files]\n"/etc/skins/old-name.conf/x.conf" = "ours"\n');
    const { exitCode, stderr } = await cli(["build", "--previous", debs.first], { cwd: project });
    expect(stderr).toContain("PLAN_KIND_CHANGE");
    expect(stderr).toContain("/etc/skins/old-name.conf");
    expect(exitCode).toBe(1);
  });
});

function started(deb: string): DpkgLife {
  const life = dpkgLife(["dpkg"]);
  onTestFinished(() => life.remove());
  expectInstalled(life, deb);
  expect(kinds(life)).toEqual({ current: "plain", plain: "folder" });
  return life;
}

function expectInstalled(life: DpkgLife, deb: string): void {
  const { exitCode, output } = life.dpkg(["--install", deb]);
  expect(exitCode, output).toBe(0);
}

function readBelow({ root }: DpkgLife, place: string): Record<string, string> {
  const path = join(root, place);
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")]));
}

/** What is in /usr/share/skins: where a link points to, or that it is a folder. */
function kinds(life: DpkgLife): Record<string, string> {
  const path = join(life.root, "usr/share/skins");
  return Object.fromEntries(
    readdirSync(path).map((name) => {
      const place = join(path, name);
      return [name, lstatSync(place).isSymbolicLink() ? readlinkSync(place) : "folder"];
    }),
  );
}

async function built(version: string, settings: string, previous?: string): Promise<string> {
  const project = await projectOf(version, settings);
  const options = previous === undefined ? [] : ["--previous", previous];
  return (await build(project, options)).path;
}

async function projectOf(version: string, settings: string): Promise<string> {
  const general = `environment = false
name = "skins"
version = "${version}"
architecture = "all"
maintainer = "Skin Team <skins@example.org>"
description = "Skins"
`;
  const project = join(folder, randomUUID());
  await mkdir(project);
  await writeFile(join(project, "ours"), OURS);
  await writeFile(join(project, "venvdeb.toml"), general + settings);
  return project;
}
