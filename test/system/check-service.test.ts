import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { renderTemplate } from "../../src/system/render-template.ts";
import { scratchFolder } from "../helpers/system-deb.ts";

describe("the health check", () => {
  it("is content with an answer below 400 and with a socket that takes a connection", async () => {
    const port = await listen(200);
    expect(await check("2", "http", `http://127.0.0.1:${port}/`)).toEqual({ status: 0, output: "" });
    const path = join(scratchFolder(), "socket");
    await listen(200, path);
    expect(await check("2", "socket", path)).toEqual({ status: 0, output: "" });
    expect(await check("2", "command", "/bin/true")).toEqual({ status: 0, output: "" });
  });

  it("asks again until the time is over", async () => {
    const flag = join(scratchFolder(), "flag");
    const late = check("10", "command", "/usr/bin/test", "-e", flag);
    setTimeout(() => writeFileSync(flag, ""), 700);
    expect(await late).toEqual({ status: 0, output: "" });
  });

  it("knows no proxy", async () => {
    const port = await listen(200);
    const env = { http_proxy: "http://127.0.0.1:9/" };
    expect(await check("2", "http", `http://127.0.0.1:${port}/`, env)).toEqual({ status: 0, output: "" });
  });

  it("says in one plain line what is wrong", async () => {
    const port = await listen(503);
    const nothing = join(scratchFolder(), "nothing");
    const cases = [
      [
        ["http", `http://127.0.0.1:${port}/x`],
        `http://127.0.0.1:${port}/x answered 503 Service Unavailable (asked for 1 s)\n`,
      ],
      [
        ["http", "http://127.0.0.1:9/"],
        "http://127.0.0.1:9/ does not answer: Connection refused (asked for 1 s)\n",
      ],
      [["socket", nothing], `${nothing} takes no connection: No such file or directory (asked for 1 s)\n`],
      [
        ["command", "/bin/sh", "-c", "echo first; echo 'not \u001b[1mready'; exit 3"],
        "/bin/sh ended with 3 and said: not  [1mready (asked for 1 s)\n",
      ],
      [["command", "/bin/sleep", "9"], "/bin/sleep did not end in time (asked for 1 s)\n"],
      [["command", "/nowhere"], "/nowhere cannot be run: No such file or directory (asked for 1 s)\n"],
    ] as const;
    for (const [words, output] of cases) expect(await check("1", ...words)).toEqual({ status: 1, output });
  });
});

async function check(...words: readonly (string | Readonly<Record<string, string>>)[]) {
  const program = join(scratchFolder(), "check-service.py");
  writeFileSync(program, renderTemplate("python/check-service.py.liquid", { package: "hello" }));
  const args = words.filter((word) => typeof word === "string");
  const env = Object.assign({}, ...words.filter((word) => typeof word === "object"));
  const child = spawn("/usr/bin/python3", ["-I", "-B", program, ...args], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (output += data.toString()));
  const [status]: unknown[] = await once(child, "close");
  return { status, output };
}

/** A server on a free port, or on a unix socket, that gives one status. */
async function listen(status: number, path?: string): Promise<number> {
  const server: Server = createServer((_request, response) => response.writeHead(status).end());
  onTestFinished(() => {
    server.close();
  });
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
