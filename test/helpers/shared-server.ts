import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnLoopback } from "./loopback-server.ts";

/** A plain web server with GET, HEAD and PUT, whose values a test can look at and spoil. */
export interface SharedServer {
  readonly url: string;
  /** By path: `blobs/ab/…`. */
  readonly values: Map<string, Buffer>;
  /** As `GET blobs/ab/…`. */
  readonly requests: string[];
  readonly authorizations: Set<string | undefined>;
}

/** What it answers to a GET instead of the value, which may not be there. */
export type Fault = (response: ServerResponse, value: Buffer | undefined) => void;

interface Behaviour {
  readonly fault?: Fault;
  /** What PUT is answered with. */
  readonly put?: number;
  readonly values?: ReadonlyMap<string, Buffer>;
}

export async function startSharedServer({ fault, put = 201, values }: Behaviour = {}): Promise<SharedServer> {
  const shared = {
    values: new Map(values),
    requests: new Array<string>(),
    authorizations: new Set<string>(),
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice("/cache/".length);
    shared.requests.push(`${request.method} ${path}`);
    shared.authorizations.add(request.headers.authorization ?? "");
    const value = shared.values.get(path);
    if (request.method === "PUT") return void receive(request, response);
    if (request.method === "GET" && fault) return fault(response, value);
    response.writeHead(value ? 200 : 404, { "content-length": value?.length ?? 0 });
    response.end(request.method === "HEAD" ? undefined : value);
  });
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: AsyncIterable<Buffer> = request;
    const all: Buffer[] = [];
    for await (const chunk of chunks) all.push(chunk);
    if (put < 300) shared.values.set((request.url ?? "").slice("/cache/".length), Buffer.concat(all));
    response.writeHead(put).end();
  };
  const origin = await listenOnLoopback(server);
  return { ...shared, url: `${origin}/cache` };
}

/** Ways to answer wrongly. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "fails inside": (response) => response.writeHead(500).end("oops"),
  "answers with a page": (response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<p>Log in</p>"),
  "gives other bytes": (response, value) => {
    if (value) response.end(Buffer.alloc(value.length, 0x41));
    else response.writeHead(404).end();
  },
  "breaks off in the middle": (response, value) => {
    response.writeHead(value ? 200 : 404, { "content-length": value?.length ?? 0 });
    if (value) response.write(value.subarray(0, value.length / 2), () => response.destroy());
    else response.end();
  },
  "ends too early": (response, value) => {
    if (value) response.end(value.subarray(0, value.length / 2));
    else response.writeHead(404).end();
  },
  "never ends": (response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(1024 * 1024, 0x41)), 1);
    response.on("close", () => clearInterval(timer));
  },
  "says nothing": () => {},
};
