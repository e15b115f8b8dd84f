import { execa } from "execa";
import { expect, test } from "vitest";

test("the folders of the cache and of what is the user's own are moved by variables", async () => {
  const script =
    'const { readHost } = await import("./dist/effects/host.js");' +
    "const { cacheDirectory, configDirectory } = readHost();" +
    "console.log([cacheDirectory, configDirectory].join(' '));";
  const run = async (env: Readonly<Record<string, string>>) => {
    const options = { env: { HOME: "/home/x", PATH: process.env["PATH"] ?? "", ...env }, extendEnv: false };
    return (await execa("node", ["--input-type=module", "--eval", script], options)).stdout;
  };
  expect(await run({})).toBe("/home/x/.cache/venvdeb /home/x/.config/venvdeb");
  expect(await run({ VENVDEB_CACHE_DIR: "/c", VENVDEB_CONFIG_DIR: "/k" })).toBe("/c /k");
});
