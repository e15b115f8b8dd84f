import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cli, type CliResult } from "../helpers/cli.ts";
import { privateApt } from "../helpers/private-apt.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { writeTestDeb } from "../helpers/test-debs.ts";

/** `venvdeb repo …` as a user of his own, in a folder. */
async function user() {
  const cwd = await tempFiles();
  const env = { VENVDEB_CONFIG_DIR: await tempFiles() };
  const repo = async (...args: readonly string[]): Promise<CliResult> => cli(["repo", ...args], { cwd, env });
  const good = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await repo(...args);
    expect([exitCode, stderr.match(/^(?:error|warning):.*/gm)]).toEqual([0, null]);
    return `${stdout}\n`;
  };
  return { cwd, env, repo, good };
}

it("a repository from its first day to a key's end, as apt sees it", { timeout: 120_000 }, async () => {
  const { cwd, env, repo, good } = await user();
  const url = `file:${cwd}/apt`;
  const identity = ["--origin", "Example", "--label", "Example", "--email", "apt@example.com"];
  expect(await good("init", "apt", "--suite", "testing", "stable", ...identity, "--arch", "amd64")).toMatch(
    /^key: [0-9A-F]{40}\n/m,
  );
  for (const version of ["1.0-1", "1.1-1"]) writeTestDeb(join(cwd, "dist"), { name: "shop", version });
  expect(await good("add", "apt", "testing", "dist")).toContain("+ shop 1.1-1 (amd64)\n");
  expect(await good("add", "apt", "testing", "dist")).toBe("testing: unchanged\n");
  await good("promote", "apt", "testing", "stable", "shop=1.0-1");
  expect(JSON.parse(await good("list", "apt", "stable", "--json"))).toMatchObject([{ version: "1.0-1" }]);

  const sources = await good("client", "apt", "stable", "--public-url", url, "--file", "inline");
  const apt = await privateApt({ "/etc/apt/sources.list.d/example.sources": sources });
  const offered = (): string => {
    expect(apt.run("update")).toMatchObject({ ok: true });
    return apt.run("install", "--print-uris", "-y", "shop").said;
  };
  expect(offered()).toContain("shop_1.0-1_amd64.deb");
  expect(apt.run("install", "--download-only", "-y", "shop")).toMatchObject({ ok: true });
  await good("promote", "apt", "testing", "stable", "--newest");
  expect(offered()).toContain("shop_1.1-1_amd64.deb");
  expect(await good("rollback", "apt", "stable")).toContain("- shop 1.1-1 (amd64)\n");
  expect(offered()).toContain("shop_1.0-1_amd64.deb");

  expect(await good("snapshot", "apt", "stable", "--id", "q4")).toBe("stable q4\n");
  expect(await good("snapshot", "apt", "--list")).toBe("stable q4\n");
  const kept = sources.replace(url, `${url}/snapshots/q4`);
  const former = await privateApt({ "/etc/apt/sources.list.d/example.sources": kept });
  expect(former.run("update")).toMatchObject({ ok: true });
  expect(former.run("install", "--download-only", "-y", "shop")).toMatchObject({ ok: true });

  expect(await good("retain", "apt", "testing", "--versions", "1")).toContain("- shop 1.0-1 (amd64)\n");
  expect(await good("remove", "apt", "testing", "shop", "--dry-run")).toContain("would be published");
  expect(await good("rebuild", "apt")).toBe("testing: unchanged\nstable: unchanged\n");
  const [secret = ""] = await readdir(join(env.VENVDEB_CONFIG_DIR, "keys"));
  await good("key", "rotate", "apt", "--algorithm", "ed25519", "--email", "apt@example.com");
  await good("key", "retire", "apt", secret.replace(".asc", ""));
  expect(await good("key", "show", "apt")).toMatch(/retired[^]*signing +ed25519|signing +ed25519[^]*retired/);
  expect(await good("key", "export", "apt")).toBe(
    await readFile(join(cwd, "apt/example-archive-keyring.asc"), "utf8"),
  );
  expect(await good("key", "package", "apt", "--public-url", url)).toMatch(
    /example-archive-keyring_.*_all\.deb\n$/,
  );
  expect(await good("verify", "apt")).toContain("nothing is wrong");
  expect(await readFile(join(cwd, "apt/index.html"), "utf8")).toContain("shop");
  expect((await repo("verify", "apt/pool")).exitCode).toBe(1);
});

it.each([
  [["init", "apt"], 2, "REPO_INCOMPLETE"],
  [["list", "apt"], 1, "REPO_MISSING"],
  [["snapshot", "apt"], 1, "REPO_MISSING"],
  [["lst", "apt"], 2, 'did you mean "list"?'],
  [["key", "rotte", "apt"], 2, 'did you mean "rotate"?'],
  [["retain", "apt", "--verions", "1"], 2, "USAGE_INVALID"],
])("venvdeb repo %j fails with %i", async (args, exitCode, says) => {
  const { repo } = await user();
  const result = await repo(...args);
  expect(result.exitCode).toBe(exitCode);
  expect(result.stderr).toContain(says);
});
