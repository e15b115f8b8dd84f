import { spawn, type ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { lockPorts } from "./locks.ts";
import { tempFiles } from "./temp-files.ts";
import { waitFor } from "./wait-for.ts";

/** A Redis of the test's own on loopback, which keeps what it is told through its death. */
export interface TestRedis {
  readonly url: string;
  readonly password: string;
  /** Its own folder: the append-only file has all that was ever written. */
  readonly folder: string;
  /** Kills it and starts it again with what it has kept. */
  readonly restart: () => Promise<void>;
}

const PORT = 46_379;

/** A program that speaks as Redis does, with arguments that come before its settings. */
export type RedisServer = readonly [program: string, ...args: string[]];

/** Debian's redis-server, or another one, until the test is over. */
export async function startRedis(command: RedisServer = ["redis-server"]): Promise<TestRedis> {
  const folder = join(await tempFiles(), "redis");
  await mkdir(folder);
  const release = await lockPorts([PORT]);
  const password = "hush-hush";
  let server = await start(command, folder, password);
  onTestFinished(async () => {
    await kill(server);
    await release();
  });
  return {
    url: `redis://127.0.0.1:${PORT}`,
    password,
    folder,
    restart: async () => {
      await kill(server);
      server = await start(command, folder, password);
    },
  };
}

async function start(
  [program, ...leading]: RedisServer,
  folder: string,
  password: string,
): Promise<ChildProcess> {
  const settings = {
    port: PORT,
    bind: "127.0.0.1",
    dir: folder,
    appendonly: "yes",
    appendfsync: "always",
    "aof-use-rdb-preamble": "no",
    save: "",
    "maxmemory-policy": "noeviction",
    requirepass: password,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(program, [...leading, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  server.stdout.on("data", (text: Buffer) => (said += text.toString()));
  server.on("error", (error) => (said += error.message));
  await waitFor(async () => (said.includes("Ready to accept connections") ? true : undefined), {
    what: program,
  });
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  server.kill("SIGKILL");
  await ended;
}
