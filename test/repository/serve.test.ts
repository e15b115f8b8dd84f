import { request } from "node:http";
import { symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { serveRepository, type ServedRequest } from "../../src/repository/serve.ts";
import { openDirectory } from "../../src/repository/storage/directory.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";
import { waitFor } from "../helpers/wait-for.ts";

const FILES = {
  "index.html": "<h1>first</h1>",
  "dists/stable/InRelease": "Origin: x\n",
  "pool/main/a/a_p_1.deb": "0123456789",
  "browse/index.html": "list",
  empty: "",
};

async function serve(kind: "folder" | "storage" = "folder") {
  const folder = await tempFiles(FILES);
  const requests: ServedRequest[] = [];
  const server = await serveRepository(kind === "folder" ? folder : await openDirectory(folder), {
    onRequest: (one) => requests.push(one),
  });
  onTestFinished(server.close);
  const get = async (path: string, headers: Record<string, string> = {}, method = "GET") =>
    await fetch(new URL(path, server.url), { method, headers, redirect: "manual" });
  return { folder, server, requests, get };
}

/** A request whose path is sent as it is. */
async function raw(port: number, path: string): Promise<{ status: number; text: string }> {
  return await new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on("error", reject)
      .end();
  });
}

describe.each(["folder", "storage"] as const)("a server of a %s", (kind) => {
  it.each([
    ["/", 200, "<h1>first</h1>", "text/html; charset=utf-8"],
    ["/dists/stable/InRelease", 200, "Origin: x\n", "text/plain; charset=utf-8"],
    ["/pool/main/a/a_p_1.deb", 200, "0123456789", "application/vnd.debian.binary-package"],
    ["/pool/main/a/a%5Fp_1.deb?x=1", 200, "0123456789", "application/vnd.debian.binary-package"],
    ["/browse/", 200, "list", "text/html; charset=utf-8"],
    ["/empty", 200, "", "application/octet-stream"],
    ["/nothing", 404, "There is no such file.\n", "text/plain; charset=utf-8"],
    ["/dists/", 404, "There is no such file.\n", "text/plain; charset=utf-8"],
  ])("answers %s with %d", async (path, status, text, type) => {
    const { get } = await serve(kind);
    const response = await get(path);
    expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
      status,
      text,
      type,
    ]);
  });

  it("sends a folder without its slash to the one with it", async () => {
    const { get } = await serve(kind);
    const response = await get("/dists/stable");
    expect([response.status, response.headers.get("location")]).toEqual([301, "stable/"]);
  });

  it.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=8-", 206, "89", "bytes 8-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=5-99", 206, "56789", "bytes 5-9/10"],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["bytes=4-2", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
  ])("answers Range: %s with %d %s", async (range, status, text, contentRange) => {
    const { get } = await serve(kind);
    const response = await get("/pool/main/a/a_p_1.deb", { range });
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  it.each(["bytes=10-", "bytes=-0", "bytes=99-100"])("has no part %s", async (range) => {
    const { get } = await serve(kind);
    const response = await get("/pool/main/a/a_p_1.deb", { range });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */10"]);
  });

  it("says that nothing has changed, and goes on only with the same version", async () => {
    const { get, folder } = await serve(kind);
    const path = "/pool/main/a/a_p_1.deb";
    const head = await get(path, {}, "HEAD");
    expect([await head.text(), head.headers.get("content-length")]).toEqual(["", "10"]);
    const etag = head.headers.get("etag") ?? "";
    const modified = head.headers.get("last-modified") ?? "";
    const status = async (headers: Record<string, string>) => (await get(path, headers)).status;
    expect(await status({ "if-none-match": `"x", W/${etag}` })).toBe(304);
    expect(await status({ "if-modified-since": modified })).toBe(304);
    expect(await status({ "if-none-match": '"x"', "if-modified-since": modified })).toBe(200);
    expect(await status({ range: "bytes=1-", "if-range": etag })).toBe(206);
    expect(await status({ range: "bytes=1-", "if-range": modified })).toBe(206);
    await utimes(join(folder, path), 1, 1);
    expect(await status({ "if-none-match": etag })).toBe(200);
    expect(await status({ range: "bytes=1-", "if-range": etag })).toBe(200);
    expect(await status({ range: "bytes=1-", "if-range": modified })).toBe(200);
  });

  it.each([
    "/../secret",
    "/%2e%2e/secret",
    "/dists/..%2f..%2fsecret",
    "/dists/%2e%2e%2f%2e%2e%2fsecret",
    "/..%5csecret",
    "/dists//stable/InRelease",
    "/%00",
    "/%ff",
    "//etc/passwd",
    "/./index.html",
    "http://127.0.0.1/index.html",
  ])("refuses the path %s", async (path) => {
    const { server } = await serve(kind);
    expect((await raw(server.port, path)).status).toBe(400);
  });

  it.each(["POST", "PUT", "DELETE"])("does not know %s", async (method) => {
    const { get } = await serve(kind);
    const response = await get("/", {}, method);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});

const SERVE = `
const { handleSignals } = await import(DIST + "effects/signals.js");
const { serveRepository } = await import(DIST + "repository/serve.js");
handleSignals();
const server = await serveRepository(FOLDER);
console.log(server.url);
await server.ended;
`;

describe("a server", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends at once by %s, whoever is connected", async (signal, exitCode) => {
    const dist = JSON.stringify(new URL("../../dist/", import.meta.url).href);
    const code = SERVE.replaceAll("DIST", dist).replace("FOLDER", JSON.stringify(await tempFiles(FILES)));
    const child = execa(process.execPath, ["--input-type=module", "-e", code], { reject: false });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const url = await waitFor(() => Promise.resolve(/^http:\S+$/m.exec(said)?.[0]), { what: "the server" });
    expect(await (await fetch(url)).text()).toBe("<h1>first</h1>");
    child.kill(signal);
    expect((await child).exitCode).toBe(exitCode);
  });

  it("follows links inside of the folder and no others", async () => {
    const { folder, get } = await serve();
    const outside = await tempFiles({ secret: "x" });
    await symlink("dists/stable", join(folder, "current"));
    await symlink(join(outside, "secret"), join(folder, "leak"));
    await symlink(outside, join(folder, "leaks"));
    expect((await get("/current/InRelease")).status).toBe(200);
    expect((await get("/leak")).status).toBe(404);
    expect((await get("/leaks/secret")).status).toBe(404);
    expect((await get("/leaks")).status).toBe(404);
  });

  it("tells of each request, and ends", async () => {
    const { server, requests, get } = await serve();
    await (await get("/")).text();
    await server.close();
    await server.ended;
    expect(requests).toEqual([{ method: "GET", url: "/", status: 200 }]);
    await expect(get("/")).rejects.toThrow();
  });

  it("warns of an address that others reach", async () => {
    const folder = await tempFiles(FILES);
    const server = await serveRepository(folder, { host: "0.0.0.0" });
    onTestFinished(server.close);
    expect(server.warning).toContain("everyone who reaches 0.0.0.0");
    expect((await serve()).server.warning).toBeUndefined();
  });

  it("says why it cannot listen", async () => {
    const { server, folder } = await serve();
    const error = await thrown(() => serveRepository(folder, { port: server.port }));
    expect(error.code).toBe("REPO_CANNOT_LISTEN");
    expect(error.message).toContain(`Cannot serve on 127.0.0.1, port ${server.port}`);
  });

  it("serves no folder that is not there", async () => {
    expect((await thrown(() => serveRepository("/nowhere/at/all"))).code).toBe("REPO_NO_FOLDER");
  });
});
