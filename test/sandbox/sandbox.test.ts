import { createServer } from "node:http";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readHost, type Host } from "../../src/effects/host.ts";
import { sharedCacheVariables } from "../../src/sandbox/environment.ts";
import { backendSandbox } from "../../src/sandbox/bubblewrap.ts";
import { probeSandbox } from "../../src/sandbox/probe.ts";
import { openSandbox } from "../../src/sandbox/sandbox.ts";
import type { Command, SandboxFacts, SandboxLimits } from "../../src/sandbox/types.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const LIMITS: SandboxLimits = { seconds: 60, memory: 2 ** 31, disk: 2 ** 20, processes: 200 };

/** A user with secrets, and a build of theirs. */
async function world() {
  const folder = await tempFiles({
    "home/.aws/credentials": "secret",
    "home/.netrc": "machine index",
    "state/built/other.deb": "x",
    "cache/vcs/private": "x",
    "cache/uv/wheel": "x",
    "config/keys/key.asc": "secret",
    "project/pyproject.toml": "",
    "output/.keep": "",
  });
  const env = {
    PATH: "/usr/bin:/bin",
    AWS_SECRET_ACCESS_KEY: "secret",
    VENVDEB_SIGNING_KEY: "secret",
    UV_PUBLISH_TOKEN: "secret",
    PIP_INDEX_URL: "https://index.example.com/simple",
  };
  const host: Host = {
    ...readHost(),
    env,
    home: join(folder, "home"),
    cacheDirectory: join(folder, "cache"),
    configDirectory: join(folder, "config"),
  };
  const sandbox = await openSandbox("auto", host);
  const run = async (script: string, limits: Partial<SandboxLimits> = {}) =>
    await runCommand(["sh", "-c", script], limits);
  const runCommand = async (command: Command, limits: Partial<SandboxLimits> = {}) => {
    const cwd = join(folder, "project");
    const wrapped = await sandbox.wrap(command, {
      temporary: join(folder, "tmp"),
      readable: [],
      writable: [cwd, join(folder, "output")],
      hidden: [join(folder, "state")],
      cwd,
      limits: { ...LIMITS, ...limits },
    });
    const [program, ...args] = wrapped.command;
    return await execa(program, args, { extendEnv: false, env: wrapped.env, reject: false, cwd });
  };
  return { folder, run, runCommand };
}

let facts: SandboxFacts;
beforeAll(async () => {
  facts = await probeSandbox(readHost());
});

describe("a sandbox", () => {
  it("is to be had on this machine", () => {
    expect(facts).toMatchObject({ works: true });
    expect(facts.backends).not.toBe("none");
  });

  it("shows a build no secrets and no work of others", async () => {
    const { folder, run } = await world();
    const { stdout } = await run(
      `env; find ${folder}/home ${folder}/state ${folder}/config ${folder}/cache/vcs -type f; find /run -type f; id -u`,
    );
    expect(stdout).not.toContain("secret");
    expect(stdout).toContain("PIP_INDEX_URL=");
    expect(stdout.split("\n").filter((line) => line.startsWith("/"))).toEqual([`${folder}/home/.netrc`]);
    expect(stdout.split("\n").at(-1)).not.toBe("0");
  });

  it("lets a build write its own folders, the cache and a /tmp of its own, and nothing else", async () => {
    const { folder, run } = await world();
    const paths = [
      ...["project/made", "output/made.deb", "cache/uv/made"].map((path) => join(folder, path)),
      "/etc/venvdeb-made",
      "/usr/venvdeb-made",
      "/var/lib/venvdeb-made",
    ];
    const { stdout } = await run(
      `for path in ${paths.join(" ")} /tmp/made; do (: > $path) 2>/dev/null && echo $path; done; ls /tmp`,
    );
    expect(stdout.split("\n").filter((line) => line.startsWith("/"))).toEqual([
      ...paths.slice(0, 3),
      "/tmp/made",
    ]);
    expect(await readdir(join(folder, "tmp"))).toContain("made");
  });

  it("ends what a build leaves running", async () => {
    const { folder, run } = await world();
    await run(`(sleep 1; : > ${folder}/project/late) >/dev/null 2>&1 & sleep 0.1`);
    await new Promise((resolve) => {
      setTimeout(resolve, 1500);
    });
    expect(await readdir(join(folder, "project"))).toEqual(["pyproject.toml"]);
  });

  it("limits memory and the size of files", async () => {
    const { run } = await world();
    const file = await run("head -c 3000000 /dev/zero > large; echo $?; stat --format=%s large");
    expect(file.stdout).toMatch(/^1\d\d\n1048576$/);
    const memory = await run("python3 -c 'x = bytearray(10**9)'", { memory: 2 ** 28 });
    expect(memory.stderr).toContain("MemoryError");
  });
});

describe("the backend of a project, in the sandbox of its build", () => {
  it("has no network and no cache, and writes its own folders alone", async () => {
    const { folder, runCommand } = await world();
    const server = createServer((_request, response) => response.end("hello"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    await mkdir(join(folder, "project/scratch"));
    await writeFile(
      join(folder, "project/try.py"),
      `import json, socket, os
def attempt(run):
    try:
        run()
        return "done"
    except Exception as error:
        return type(error).__name__
print(json.dumps([
    attempt(lambda: socket.create_connection(("127.0.0.1", ${port}), 5)),
    attempt(lambda: open("${folder}/cache/uv/wheel", "w")),
    attempt(lambda: open("${folder}/output/evil.deb", "w")),
    attempt(lambda: open("${folder}/project/scratch/wheel", "w")),
    attempt(lambda: open("/tmp/own", "w")),
]))
`,
    );
    const python: Command = ["python3", join(folder, "project/try.py")];
    const outside = await runCommand(python);
    expect(JSON.parse(outside.stdout), outside.stderr).toEqual(["done", "done", "done", "done", "done"]);
    const isolation = facts.backends === "full" ? "full" : "same-processes";
    const places = { readable: [join(folder, "project")], writable: [join(folder, "project/scratch")] };
    const inside = await runCommand(backendSandbox(python, places, isolation));
    expect(JSON.parse(inside.stdout), inside.stderr).toEqual([
      expect.stringMatching(/Error$/),
      expect.stringMatching(/Error$/),
      expect.stringMatching(/Error$/),
      "done",
      "done",
    ]);
    expect(await readFile(join(folder, "cache/uv/wheel"), "utf8")).toBe("");
  });
});

describe("where there is no sandbox", () => {
  const bare: Host = { ...readHost(), env: { PATH: "/nonexistent" } };

  it("it is said", async () => {
    const { lacks } = await openSandbox("auto", bare);
    expect(lacks).toEqual([expect.stringContaining("bwrap is not installed")]);
  });

  it("nothing is built where it is required", async () => {
    const error = await thrown(() => openSandbox("required", bare));
    expect(error).toMatchObject({ code: "SYNC_NO_SANDBOX", hint: expect.stringContaining("bubblewrap") });
  });

  it("none is looked for where nobody wants it", async () => {
    expect((await openSandbox("off", bare)).lacks).toEqual([]);
  });
});

describe("the shared cache of a build in a sandbox", () => {
  const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
  const server = { VENVDEB_SHARED_CACHE: "https://cache.example.com/" };
  const secret = { VENVDEB_SHARED_CACHE_KEY: "secret" };
  const bucket = { VENVDEB_SHARED_CACHE: "s3://bucket/layers", ...keys };
  const folder = { VENVDEB_SHARED_CACHE: "/srv/cache", ...secret };
  const login = { VENVDEB_SHARED_CACHE: "https://me:secret@cache.example.com/" };
  it.each([
    [{}, {}, {}],
    [keys, {}, {}],
    [{ ...server, ...keys }, server, server],
    [{ ...server, ...secret }, { ...server, ...secret }, {}],
    [{ ...bucket, AWS_REGION: "r", OTHER: "x" }, { ...bucket, AWS_REGION: "r" }, {}],
    [folder, folder, {}],
    [login, login, {}],
  ])("of %j is known where backends are apart, and without secrets elsewhere", (env, apart, together) => {
    expect(sharedCacheVariables({ env }, true)).toEqual(apart);
    expect(sharedCacheVariables({ env }, false)).toEqual(together);
  });

  it("that is not used for its secrets' sake is told of", async () => {
    const host = { ...readHost(), env: { PATH: process.env["PATH"], ...bucket } };
    const { works, backends } = await probeSandbox(host);
    const told = (await openSandbox("auto", host)).lacks.filter((lack) => lack.includes("shared cache"));
    expect(told).toHaveLength(works && backends !== "full" ? 1 : 0);
    expect((await openSandbox("auto", { ...host, env: {} })).lacks.join()).not.toContain("shared cache");
  });
});
