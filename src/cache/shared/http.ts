import { request as plainRequest, Agent, type IncomingMessage } from "node:http";
import { request as secureRequest, Agent as SecureAgent } from "node:https";
import { finished } from "node:stream/promises";
import { createReadStream } from "../../effects/fs.ts";
import type { Login } from "./netrc.ts";
import type { SharedContent, SharedPlace } from "./types.ts";

/**
 * A web server that has values as plain files: GET, HEAD and PUT (RFC 9110), as nginx with `dav_methods PUT` does. It is
 * asked directly, without a proxy, and leads nowhere else.
 * @param url without credentials, query and fragment
 */
export function openSharedServer(url: URL, login: Login | undefined): SharedPlace {
  const agent = url.protocol === "https:" ? new SecureAgent(KEPT) : new Agent(KEPT);
  const headers =
    login === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}` };
  const base = url.href.replace(/\/*$/, "/");
  const send = async (method: Method, path: string, asked: Asked) =>
    await ask({
      method,
      url: new URL(path, base),
      agent,
      ...asked,
      headers: { ...headers, ...asked.headers },
    });
  return {
    url: base,
    read: async (path, signal) => {
      const answer = await send("GET", path, { signal });
      if (answer.statusCode === 200) return answer;
      await drain(answer);
      if (MISSING.has(answer.statusCode)) return undefined;
      throw unexpected(answer);
    },
    create: async (path, content, signal) => {
      const there = await send("HEAD", path, { signal });
      await drain(there);
      if (there.statusCode === 200) return "done";
      if (!MISSING.has(there.statusCode) && !REFUSED.has(there.statusCode)) throw unexpected(there);
      const answer = await send("PUT", path, { signal, content, headers: { "if-none-match": "*" } });
      await drain(answer);
      if (WRITTEN.has(answer.statusCode)) return "done";
      if (REFUSED.has(answer.statusCode)) return "refused";
      throw unexpected(answer);
    },
    close: () => agent.destroy(),
  };
}

const KEPT = { keepAlive: true, maxSockets: 16 };
const MISSING = new Set<number | undefined>([404, 410]);
/** 412: another machine was first. */
const WRITTEN = new Set<number | undefined>([200, 201, 204, 412]);
const REFUSED = new Set<number | undefined>([401, 403, 405, 501]);

type Method = "GET" | "HEAD" | "PUT";

interface Asked {
  readonly signal: AbortSignal;
  readonly content?: SharedContent;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Request extends Asked {
  readonly method: Method;
  readonly url: URL;
  readonly agent: Agent;
}

/** Once more where the server had just let go of a connection that was kept open. */
async function ask(request: Request, isRetry = false): Promise<IncomingMessage> {
  const { method, url, agent, signal, content } = request;
  const start = url.protocol === "https:" ? secureRequest : plainRequest;
  const size =
    content === undefined ? {} : { "content-length": "file" in content ? content.size : content.length };
  const outgoing = start(url, { method, agent, signal, headers: { ...request.headers, ...size } });
  const file = content && "file" in content ? createReadStream(content.file) : undefined;
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on("response", resolve).on("error", reject);
      file?.on("error", reject);
      if (file) file.pipe(outgoing);
      else outgoing.end(content);
    });
  } catch (error) {
    if (isRetry || !outgoing.reusedSocket || signal.aborted) throw error;
    return await ask(request, true);
  } finally {
    file?.destroy();
  }
}

/** A connection serves again when its answer was read to the end. */
async function drain(answer: IncomingMessage): Promise<void> {
  answer.resume();
  await finished(answer);
}

function unexpected({ statusCode = 0 }: IncomingMessage): Error {
  return new Error(`it answers ${statusCode}`);
}
