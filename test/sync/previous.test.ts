import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { dpkgLife } from "../helpers/dpkg-life.ts";
import { conffileOf, dropsConffile, poolFile, withConffile } from "../helpers/dropped-conffile.ts";
import { smallProject, testFleet } from "../helpers/fleet.ts";
import { gitRepository, type GitRepository } from "../helpers/git-repository.ts";

const FLEET = `[repository]
url = "apt"
[defaults]
branches = { main = "testing" }
tags = { "v*" = "stable" }
`;

function sourceOf(name: string, { path }: GitRepository): string {
  return `[[source]]\nname = "${name}"\ngit = "${path}"\n`;
}

function upgraded(debs: readonly string[]): boolean {
  const life = dpkgLife(["dpkg"]);
  onTestFinished(() => life.remove());
  const [first = "", ...later] = debs;
  expect(life.dpkg(["--install", first])).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(life.root, conffileOf("billing")))).toBe(true);
  for (const deb of later) expect(life.dpkg(["--install", deb])).toMatchObject({ exitCode: 0 });
  return !existsSync(join(life.root, conffileOf("billing")));
}

it(
  "a conffile that a commit drops is gone after the upgrade, in each suite",
  { timeout: 300_000 },
  async () => {
    const [fleet, git] = [await testFleet(), await gitRepository()];
    git.commit("Begin", withConffile("billing"));
    git.run(["tag", "v1.0.0"]);
    await fleet.write(`${FLEET}${sourceOf("billing", git)}`);
    expect((await fleet.sync()).exitCode).toBe(0);
    git.commit("Drop it", smallProject("billing", "two\n"));
    const dropped = await fleet.sync();
    git.commit("Go on", { text: "three\n" });
    git.run(["tag", "v1.1.0"]);
    const released = await fleet.sync();
    expect([dropped, released].map(({ exitCode }) => exitCode)).toEqual([0, 0]);

    const versions = ["1.0.0-1", dropped.built[0]?.packages[0]?.version ?? "", "1.1.0-1"];
    expect(await fleet.listed("stable")).toEqual(["billing 1.0.0-1", "billing 1.1.0-1"]);
    const debs = await Promise.all(versions.map(async (version) => poolFile(fleet, "billing", version)));
    // Who follows testing, and who has stable alone.
    expect(upgraded(debs)).toBe(true);
    expect(upgraded([debs[0] ?? "", debs[2] ?? ""])).toBe(true);
    const again = await fleet.sync();
    expect(again).toMatchObject({ exitCode: 0, built: [], published: [] });
  },
);

it("what a fix for stable alone has shipped is gone there too", { timeout: 300_000 }, async () => {
  const [fleet, git] = [await testFleet(), await gitRepository()];
  git.commit("Begin", smallProject("billing", "one\n"));
  git.run(["tag", "v1.0.0"]);
  git.run(["switch", "--quiet", "--create", "fix"]);
  git.commit("Fix", withConffile("billing"));
  git.run(["tag", "v1.0.1"]);
  git.run(["switch", "--quiet", "main"]);
  git.commit("Go on", { text: "two\n" });
  git.commit("Go on", { text: "three\n" });
  git.run(["tag", "v1.1.0"]);
  git.commit("Go on", { text: "four\n" });
  await fleet.write(
    `${FLEET.replace('{ "v*" = "stable" }', '{ "v1.0.*" = "stable" }')}${sourceOf("billing", git)}`,
  );
  expect((await fleet.sync()).exitCode).toBe(0);
  git.run(["tag", "v1.2.0"]);
  await fleet.write(`${FLEET}${sourceOf("billing", git)}`);
  const released = await fleet.sync();
  expect(released.exitCode, released.stderr).toBe(0);
  expect(await fleet.listed("stable")).toEqual(["billing 1.0.1-1", "billing 1.2.0-1"]);
  const debs = [await poolFile(fleet, "billing", "1.0.1-1"), await poolFile(fleet, "billing", "1.2.0-1")];
  expect(upgraded(debs)).toBe(true);
});

it(
  "no state, another name, a package that cannot be read: each is its own job's",
  { timeout: 300_000 },
  async () => {
    const fleet = await testFleet();
    const names = ["damaged", "lost", "renamed"] as const;
    const [damaged, lost, renamed] = [await gitRepository(), await gitRepository(), await gitRepository()];
    const sources = [damaged, lost, renamed].map((git, index) => sourceOf(names[index] ?? "", git));
    await fleet.write(`${FLEET}${sources.join("")}`);
    for (const [index, git] of [damaged, lost, renamed].entries())
      git.commit("Begin", withConffile(names[index] ?? ""));
    const first = await fleet.sync();
    expect(first.exitCode, first.stderr).toBe(0);
    const versionOf = (name: string) =>
      first.built.find(({ source }) => source === name)?.packages[0]?.version ?? "";
    await writeFile(await poolFile(fleet, "damaged", versionOf("damaged")), "other bytes");
    const state = join(fleet.folder, "apt/venvdeb/sync.json");
    const { keys, ...rest }: { keys: Record<string, { source: string }> } = JSON.parse(
      await readFile(state, "utf8"),
    );
    const left = Object.entries(keys).filter(([, { source }]) => source !== "lost");
    await writeFile(state, JSON.stringify({ ...rest, keys: Object.fromEntries(left) }));
    damaged.commit("Drop it", smallProject("damaged", "two\n"));
    lost.commit("Drop it", smallProject("lost", "two\n"));
    renamed.commit("Drop it", smallProject("named-anew", "two\n"));

    const second = await fleet.sync();
    expect(second.exitCode).toBe(1);
    expect(second.failed).toMatchObject([{ source: "damaged", code: "REPO_DAMAGED" }]);
    const built = second.built.map(({ source, packages }) => [source, packages[0]?.version ?? ""] as const);
    expect(built.map(([source]) => source).toSorted()).toEqual(["lost", "renamed"]);
    const version = new Map(built);
    expect(await dropsConffile(await poolFile(fleet, "lost", version.get("lost") ?? ""), "lost")).toBe(true);
    const anew = await poolFile(fleet, "named-anew", version.get("renamed") ?? "");
    expect(await dropsConffile(anew, "renamed")).toBe(false);
  },
);
