import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliRepository, type CliRepository } from "../helpers/cli-repository.ts";
import { lockPorts, type Release } from "../helpers/locks.ts";
import { startApache, startCaddy, startNginx, type WebServer } from "../helpers/web-servers.ts";

const PORT = 8041;
const PACKAGES = "dists/stable/main/binary-amd64/Packages";
const IMMUTABLE = "public, max-age=31536000, immutable";
let release: Release;
let repository: CliRepository;

beforeAll(async () => {
  release = await lockPorts([PORT]);
  repository = cliRepository();
  await repository.repo(
    "init",
    "--suite",
    "stable",
    "--origin",
    "Example",
    "--label",
    "Example",
    "--arch",
    "amd64",
  );
  await repository.repo("add", "stable", repository.deb({ name: "shop", version: "1.0+b1~rc1-1" }));
});
afterAll(async () => {
  await repository.destroy();
  await release();
});

const SERVERS = [
  { name: "nginx", start: startNginx },
  { name: "Apache", start: startApache },
  { name: "Caddy", start: startCaddy },
];

describe.each(SERVERS)("what the how-to says for $name", ({ start }) => {
  let server: WebServer;
  beforeAll(async () => {
    server = await start({ root: repository.folder, port: PORT });
  });
  afterAll(() => server.stop());

  const ask = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${server.url}/${path}`, { headers });

  it.each([
    "dists/stable/InRelease",
    "dists/stable/Release",
    `${PACKAGES}.gz`,
    `${PACKAGES}.xz`,
    "index.html",
  ])("%s is asked for anew each time, and sent only when it has changed", async (path) => {
    const answer = await ask(path, { "accept-encoding": "identity" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(readFileSync(join(repository.folder, path)));
    const since = answer.headers.get("last-modified") ?? "";
    expect((await ask(path, { "if-modified-since": since })).status).toBe(304);
  });

  it("packages and by-hash are for ever", async () => {
    for (const path of [poolPath(), byHashPath()]) {
      const answer = await ask(path);
      expect([path, answer.status, answer.headers.get("cache-control")]).toEqual([path, 200, IMMUTABLE]);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(readFileSync(join(repository.folder, path)));
    }
  });

  it("a transfer that broke off goes on where it was", async () => {
    const answer = await ask(poolPath(), { range: "bytes=100-" });
    expect(answer.status).toBe(206);
    const rest = readFileSync(join(repository.folder, poolPath())).subarray(100);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(rest);
  });

  it("the page is what one sees first, the publishers' folder is shut, and no folder is listed", async () => {
    const page = await ask("");
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(await page.text()).toContain("<title>Example: Debian packages</title>");
    for (const path of ["venvdeb/", "venvdeb/repository.json", "pool/", "dists/stable/"])
      expect([path, (await ask(path)).status]).toEqual([path, expect.toBeOneOf([403, 404])]);
  });

  it("what is not there is not there", async () => {
    expect((await ask("dists/stable/Release.none")).status).toBe(404);
  });
});

function poolPath(): string {
  const index = gunzipSync(readFileSync(join(repository.folder, `${PACKAGES}.gz`))).toString();
  return /^Filename: (.*)$/m.exec(index)?.[1] ?? "";
}

function byHashPath(): string {
  const text = readFileSync(join(repository.folder, "dists/stable/Release"), "utf8");
  const hash = / ([0-9a-f]{64}) \d+ main\/binary-amd64\/Packages\.gz$/m.exec(text)?.[1] ?? "";
  return PACKAGES.replace("Packages", `by-hash/SHA256/${hash}`);
}
