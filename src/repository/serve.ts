import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { isLoopback, listen, type Listening } from "../effects/listen.ts";
import { VenvdebError, messageOf } from "../errors.ts";
import { requestedPath } from "./serve/paths.ts";
import { entityTag, isUnchanged, requestedRange } from "./serve/conditions.ts";
import { openSource, type ServedFile, type Source } from "./serve/source.ts";
import type { Storage } from "./storage/types.ts";
import { contentType } from "./serve/content-type.ts";

interface ServeOptions {
  /** An address or a name; `127.0.0.1` unless it is given. */
  readonly host?: string;
  /** 0 or nothing: one that is free. */
  readonly port?: number;
  /** Called when a request was answered. */
  readonly onRequest?: (request: ServedRequest) => void;
}

export interface ServedRequest {
  readonly method: string;
  /** As the client wrote it, cut when it is very long. */
  readonly url: string;
  readonly status: number;
}

export interface RepositoryServer extends Listening {
  /** What is unusual about the address, for the user. */
  readonly warning?: string;
}

/**
 * Serves a repository as static files, for trying things; a signal ends it. A folder is given by its path.
 * @throws VenvdebError REPO_NO_FOLDER, REPO_CANNOT_LISTEN
 */
export async function serveRepository(
  repository: Storage | string,
  { host = "127.0.0.1", port = 0, onRequest }: ServeOptions = {},
): Promise<RepositoryServer> {
  const source = await openSource(repository);
  const server = createServer((request, response) => {
    response.once("close", () => onRequest?.(describeRequest(request, response)));
    void answer(source, request, response).catch((error: unknown) => fail(response, error));
  });
  const listening = await listen(server, {
    host,
    port,
    failure: (cause) =>
      new VenvdebError("REPO_CANNOT_LISTEN", `Cannot serve on ${host}, port ${port}: ${messageOf(cause)}`, {
        hint: "--port 0 takes one that is free",
        cause,
      }),
  });
  const warning = warningFor(host);
  return { ...listening, ...(warning === undefined ? {} : { warning }) };
}

function warningFor(host: string): string | undefined {
  if (isLoopback(host)) return undefined;
  return `everyone who reaches ${host} can read the repository: this server is for trying things, without encryption`;
}

function describeRequest(
  { method = "", url = "" }: IncomingMessage,
  response: ServerResponse,
): ServedRequest {
  return { method, url: url.slice(0, 500), status: response.statusCode };
}

async function answer(source: Source, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(response, 405, "Only GET and HEAD are known here.");
  }
  const path = requestedPath(request.url ?? "/");
  if (path === undefined) return refuse(response, 400, "This is no path.");
  const isFolder = path === "" || path.endsWith("/");
  const file = await source.open(isFolder ? `${path}index.html` : path);
  if (file !== undefined) return await send(file, request, response);
  if (isFolder || !(await source.isFolder(path))) return refuse(response, 404, "There is no such file.");
  response.setHeader(
    "Location",
    `${path
      .slice(path.lastIndexOf("/") + 1)
      .split("/")
      .map(encodeURIComponent)
      .join("/")}/`,
  );
  return refuse(response, 301, "It is a folder.");
}

async function send(file: ServedFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const etag = entityTag(file);
  response.setHeader("ETag", etag);
  response.setHeader("Last-Modified", file.modified.toUTCString());
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("Cache-Control", "no-cache");
  if (isUnchanged(request.headers, file)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader("Content-Type", contentType(file.path));
  const range = requestedRange(request.headers, file);
  if (range === "outside") {
    response.setHeader("Content-Range", `bytes */${file.size}`);
    return refuse(response, 416, "The file has no such part.");
  }
  const { start, end } = range ?? { start: 0, end: file.size };
  if (range !== undefined) response.setHeader("Content-Range", `bytes ${start}-${end - 1}/${file.size}`);
  response.writeHead(range === undefined ? 200 : 206, { "Content-Length": end - start });
  if (request.method === "HEAD" || end === start) response.end();
  else await pipeline(file.read(start, end), response);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/** A client that went away is no failure; one that was promised more bytes is cut off. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else refuse(response, 500, error instanceof VenvdebError ? error.message : "The file cannot be read.");
}
