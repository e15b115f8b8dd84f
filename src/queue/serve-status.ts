import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { assetPath } from "../effects/assets.ts";
import { readFileSync } from "../effects/fs.ts";
import { isLoopback, listen, type Listening } from "../effects/listen.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import { renderMetrics } from "./metrics.ts";
import { renderLogPage, renderStatusPage } from "./page/status-page.ts";
import type { QueueStatus } from "./status-types.ts";

export interface ServeStatus {
  /** An address; `127.0.0.1` unless it is given. */
  readonly host?: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly read: () => Promise<QueueStatus>;
  /** What a build has said, by its key. */
  readonly log: (key: string) => Promise<string | undefined>;
}

export interface StatusServer extends Listening {
  /** What is unusual about the address, for the user. */
  readonly warning?: string;
}

/**
 * Serves the status of a fleet's queues: a page, its data as JSON, logs, and numbers for Prometheus. It changes nothing.
 * @throws VenvdebError QUEUE_CANNOT_LISTEN
 */
export async function serveStatus(options: ServeStatus): Promise<StatusServer> {
  const { host = "127.0.0.1", port } = options;
  const read = sharedReads(options.read);
  const server = createServer({ requestTimeout: 20_000, headersTimeout: 10_000 }, (request, response) => {
    void answer(request, { ...options, read })
      .catch((error: unknown) => plain(503, `The queue does not answer: ${messageOf(error)}`))
      .then((reply) => send(response, reply, request.method === "HEAD"));
  });
  server.maxConnections = 256;
  const listening = await listen(server, {
    host,
    port,
    failure: (cause) =>
      new VenvdebError(
        "QUEUE_CANNOT_LISTEN",
        `Cannot serve the status on ${host}, port ${port}: ${messageOf(cause)} (wanted: a free port of this machine)`,
        { hint: "choose another one: --listen 127.0.0.1:PORT", cause },
      ),
  });
  const warning = warningFor(host);
  return { ...listening, ...(warning === undefined ? {} : { warning }) };
}

/** However many look at once, Redis is asked once in a while. */
function sharedReads(read: () => Promise<QueueStatus>): () => Promise<QueueStatus> {
  let latest: { readonly until: number; readonly status: Promise<QueueStatus> } | undefined;
  return async () => {
    if (latest === undefined || Date.now() > latest.until)
      latest = { until: Date.now() + 1000, status: read() };
    return latest.status;
  };
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answer({ method, url = "/" }: IncomingMessage, { read, log }: ServeStatus): Promise<Reply> {
  if (method !== "GET" && method !== "HEAD") return plain(405, "Only GET and HEAD are known here.");
  const [path = "/"] = url.split(/[?#]/, 1);
  switch (path) {
    case "/":
      return html(renderStatusPage(await read()));
    case "/status.json":
      return {
        status: 200,
        type: "application/json",
        body: `${JSON.stringify(await read(), undefined, 2)}\n`,
      };
    case "/metrics":
      return {
        status: 200,
        type: "text/plain; version=0.0.4; charset=utf-8",
        body: renderMetrics(await read()),
      };
    case "/style.css":
      return { status: 200, type: "text/css; charset=utf-8", body: styleSheet() };
    default:
      return await answerLog(path, log);
  }
}

async function answerLog(path: string, log: ServeStatus["log"]): Promise<Reply> {
  const [, key, suffix] = /^\/log\/([0-9a-f]{64})(\.txt)?$/.exec(path) ?? [];
  const text = key === undefined ? undefined : await log(key);
  if (key === undefined || text === undefined) return plain(404, "There is no such page, or no log yet.");
  return suffix === undefined ? html(renderLogPage(key, text)) : plain(200, text.trimEnd());
}

/** That of the repository's page, with what this one has of its own. */
function styleSheet(): string {
  return ["page/style.css", "queue/style.css"]
    .map((name) => readFileSync(assetPath(`templates/${name}`), "utf8"))
    .join("");
}

function html(body: string): Reply {
  return { status: 200, type: "text/html; charset=utf-8", body };
}

function plain(status: number, text: string): Reply {
  return { status, type: "text/plain; charset=utf-8", body: `${text}\n` };
}

function send(response: ServerResponse, { status, type, body }: Reply, isHead: boolean): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy":
      "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
  response.end(isHead ? undefined : body);
}

function warningFor(host: string): string | undefined {
  if (isLoopback(host)) return undefined;
  return `everyone who reaches ${host} can read the status and the logs: let a web server with TLS and a password stand before it`;
}
