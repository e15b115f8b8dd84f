import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listenForWebhooks } from "../../src/sync/webhook.ts";
import { thrown } from "../helpers/thrown.ts";

const SECRET = "a secret of the forge";
const BODY = JSON.stringify({ ref: "refs/heads/main" });

function sign(body: string, secret = SECRET): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

async function listener() {
  const seen = { deliveries: 0, refused: [] as string[] };
  const server = await listenForWebhooks({
    port: 0,
    secret: SECRET,
    onDelivery: () => seen.deliveries++,
    onRefused: (why) => seen.refused.push(why),
  });
  onTestFinished(server.close);
  return { ...server, seen };
}

describe("the listener for webhooks", () => {
  it.each([
    ["GitHub's", { "X-Hub-Signature-256": `sha256=${sign(BODY)}` }],
    ["Gitea's", { "X-Gitea-Signature": sign(BODY) }],
    ["GitLab's", { "X-Gitlab-Token": SECRET }],
  ])("takes a delivery with %s proof", async (_whose, headers) => {
    const { url, seen } = await listener();
    const { status } = await fetch(url, { method: "POST", body: BODY, headers });
    expect([status, seen]).toEqual([202, { deliveries: 1, refused: [] }]);
  });

  it.each([
    ["no proof", {}, 401],
    ["a signature of another secret", { "X-Hub-Signature-256": `sha256=${sign(BODY, "other")}` }, 401],
    ["a signature of another body", { "X-Hub-Signature-256": `sha256=${sign(`${BODY} `)}` }, 401],
    ["a signature without its algorithm", { "X-Hub-Signature-256": sign(BODY) }, 401],
    ["an empty signature", { "X-Hub-Signature-256": "", "X-Gitea-Signature": "" }, 401],
    ["a token that begins like the secret", { "X-Gitlab-Token": SECRET.slice(0, -1) }, 401],
    ["a signature where the token belongs", { "X-Gitlab-Token": sign(BODY) }, 401],
  ])("refuses %s", async (_what, headers, expected) => {
    const { url, seen } = await listener();
    const { status } = await fetch(url, { method: "POST", body: BODY, headers });
    expect([status, seen.deliveries, seen.refused.length]).toEqual([expected, 0, 1]);
  });

  it("refuses what is not posted, and what says that it is too large", async () => {
    const { url, port, seen } = await listener();
    expect((await fetch(url)).status).toBe(405);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${26 * 2 ** 20}\r\n\r\n`);
      });
      socket.once("data", (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.once("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(seen.deliveries).toBe(0);
  });

  it("listens on this machine alone unless it is told otherwise, and says when it cannot", async () => {
    const { url, port, warning } = await listener();
    expect([url, warning]).toEqual([`http://127.0.0.1:${port}/`, undefined]);
    const other = await listenForWebhooks({
      host: "0.0.0.0",
      port: 0,
      secret: SECRET,
      onDelivery: () => undefined,
    });
    onTestFinished(other.close);
    expect(other.warning).toContain("0.0.0.0");
    const error = await thrown(async () =>
      listenForWebhooks({ port, secret: SECRET, onDelivery: () => undefined }),
    );
    expect(error).toMatchObject({ code: "SYNC_CANNOT_LISTEN" });
  });
});
