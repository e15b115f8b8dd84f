import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnLoopback } from "./loopback-server.ts";

/** A request that came to the proxy. */
export interface ProxiedRequest {
  /** From 1, of all that came. */
  readonly number: number;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
}

/**
 * What goes wrong with a request: an answer of this status, or the connection drops; `before` it is passed on, `after` it
 * was carried out, so that only its answer is lost, or `amid` the answer's body.
 */
export interface Fault {
  readonly answer: 409 | 500 | 503 | "drop";
  readonly when: "before" | "after" | "amid";
}

export interface FaultProxy {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** All that came, with what went wrong. */
  readonly requests: readonly (ProxiedRequest & { readonly fault?: Fault })[];
}

/** An HTTP proxy on loopback before a server, until the test is over: `decide` says what goes wrong with which request. */
export async function startFaultProxy(
  target: string,
  decide: (request: ProxiedRequest) => Fault | undefined,
): Promise<FaultProxy> {
  const requests: (ProxiedRequest & { readonly fault?: Fault })[] = [];
  const server = createServer((incoming, response) => {
    const seen = { number: requests.length + 1, method: incoming.method ?? "", url: incoming.url ?? "" };
    const fault = decide(seen);
    requests.push({ ...seen, ...(fault && { fault }) });
    void answer(target, incoming, response, fault).catch(() => response.destroy());
  });
  const origin = await listenOnLoopback(server);
  return { endpoint: origin, requests };
}

/** The fault for the n-th request of a method whose URL matches; nothing for all others. */
export function atNth(nth: number, method: string, url: RegExp, fault: Fault) {
  let seen = 0;
  return (request: ProxiedRequest): Fault | undefined => {
    if (request.method === method && url.test(request.url)) seen++;
    else return undefined;
    return seen === nth ? fault : undefined;
  };
}

async function answer(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const body = await bodyOf(incoming);
  if (fault?.when === "before") return fail(response, fault);
  const passed = await pass(target, incoming, body);
  if (fault?.when === "after") return fail(response, fault);
  const { statusCode = 502, statusMessage, headers } = passed.answer;
  response.writeHead(statusCode, statusMessage, headers);
  if (fault === undefined) response.end(passed.body);
  else response.write(passed.body.subarray(0, passed.body.length / 2), () => response.destroy());
}

function fail(response: ServerResponse, fault: Fault): void {
  if (fault.answer === "drop") response.destroy();
  else response.writeHead(fault.answer, { "Content-Type": "application/xml" }).end(errorBody(fault.answer));
}

function errorBody(status: 409 | 500 | 503): string {
  const code = { 409: "ConditionalRequestConflict", 500: "InternalError", 503: "SlowDown" }[status];
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>a fault</Message></Error>`;
}

/** With the same Host, which is part of the signature. */
async function pass(target: string, incoming: IncomingMessage, body: Buffer) {
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method, headers } = incoming;
    ask(target + (incoming.url ?? ""), { method, headers, setHost: false }, resolve)
      .on("error", reject)
      .end(body);
  });
  return { answer: answered, body: await bodyOf(answered) };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}
