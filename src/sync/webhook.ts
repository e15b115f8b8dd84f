import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { isLoopback, listen, type Listening } from "../effects/listen.ts";
import { messageOf, VenvdebError } from "../errors.ts";

export interface WebhookOptions {
  /** An address; `127.0.0.1` unless it is given. */
  readonly host?: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly secret: string;
  /** Called for each delivery that bears the secret. */
  readonly onDelivery: () => void;
  readonly onRefused?: (why: string) => void;
}

export interface WebhookServer extends Listening {
  /** What is unusual about the address, for the user. */
  readonly warning?: string;
}

/**
 * Listens for webhooks of GitHub (`X-Hub-Signature-256`), Gitea and Forgejo (`X-Gitea-Signature`) and GitLab
 * (`X-Gitlab-Token`). A delivery says "look now" and nothing else: what it holds is checked against its signature, and
 * never read.
 * @throws VenvdebError SYNC_CANNOT_LISTEN
 */
export async function listenForWebhooks(options: WebhookOptions): Promise<WebhookServer> {
  const { host = "127.0.0.1", port, secret, onDelivery, onRefused } = options;
  const server = createServer({ requestTimeout: 20_000, headersTimeout: 10_000 }, (request, response) => {
    void judge(request, secret)
      .then(({ status, text }) => {
        if (status === 202) onDelivery();
        else onRefused?.(`${status} ${text}`);
        response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
        return response.end(`${text}\n`);
      })
      .catch(() => response.destroy());
  });
  server.maxConnections = 64;
  const listening = await listen(server, {
    host,
    port,
    failure: (cause) =>
      new VenvdebError(
        "SYNC_CANNOT_LISTEN",
        `Cannot listen for webhooks on ${host}, port ${port}: ${messageOf(cause)} (wanted: a free port of this machine)`,
        { hint: "choose another one: --listen 127.0.0.1:PORT", cause },
      ),
  });
  const warning = warningFor(host);
  return { ...listening, ...(warning === undefined ? {} : { warning }) };
}

interface Verdict {
  readonly status: number;
  readonly text: string;
}

/** GitHub's largest delivery. */
const MOST_BYTES = 25 * 2 ** 20;

async function judge(request: IncomingMessage, secret: string): Promise<Verdict> {
  if (request.method !== "POST") return { status: 405, text: "Webhooks are POSTed." };
  if (Number(request.headers["content-length"] ?? 0) > MOST_BYTES) return TOO_LARGE;
  const hmac = createHmac("sha256", secret);
  let size = 0;
  for await (const chunk of request) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    if (size > MOST_BYTES) return TOO_LARGE;
    hmac.update(bytes);
  }
  return bearsSecret(request.headers, hmac.digest("hex"), secret)
    ? { status: 202, text: "The fleet is looked at." }
    : { status: 401, text: "The signature is missing or wrong." };
}

const TOO_LARGE: Verdict = { status: 413, text: "The delivery is too large." };

function bearsSecret(headers: IncomingHttpHeaders, signature: string, secret: string): boolean {
  const given = [
    [headers["x-hub-signature-256"], `sha256=${signature}`],
    [headers["x-gitea-signature"], signature],
    [headers["x-gitlab-token"], secret],
  ] as const;
  return given.some(([value, wanted]) => typeof value === "string" && isEqual(value, wanted));
}

/** In a time that tells nothing of either text, not even how long it is. */
function isEqual(given: string, wanted: string): boolean {
  const key = randomBytes(32);
  const digest = (text: string) => createHmac("sha256", key).update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function warningFor(host: string): string | undefined {
  if (isLoopback(host)) return undefined;
  return `everyone who reaches ${host} can knock, without encryption: let a web server with TLS stand before it`;
}
