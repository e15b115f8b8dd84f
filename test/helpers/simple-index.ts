import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { listenOnLoopback } from "./loopback-server.ts";

export interface SimpleIndex {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Paths that were served. */
  readonly served: readonly string[];
}

/** A package index (PEP 503) over a folder of files, on loopback, for one user with a password. */
export async function serveIndex(folder: string, user: string, password: string): Promise<SimpleIndex> {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const served: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    if (request.headers.authorization === wanted) served.push(path);
    void answer(folder, path, request.headers.authorization === wanted, response);
  });
  const origin = await listenOnLoopback(server);
  return { origin, served };
}

async function answer(
  folder: string,
  path: string,
  allowed: boolean,
  response: ServerResponse,
): Promise<void> {
  if (!allowed) {
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="test"' }).end();
    return;
  }
  const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
  if (project !== undefined) {
    response.writeHead(200, { "Content-Type": "text/html" }).end(await renderPage(folder, project));
    return;
  }
  const bytes = await readFile(join(folder, path.replace(/^\/files\//, ""))).catch(() => undefined);
  response.writeHead(bytes ? 200 : 404).end(bytes);
}

async function renderPage(folder: string, project: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${project.replaceAll("-", "_")}-`));
  const links = await Promise.all(
    names.map(async (name) => {
      const digest = createHash("sha256")
        .update(await readFile(join(folder, name)))
        .digest("hex");
      return `<a href="/files/${name}#sha256=${digest}">${name}</a>`;
    }),
  );
  return `<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`;
}
