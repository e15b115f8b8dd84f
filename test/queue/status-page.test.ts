import { createServer } from "node:http";
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { renderMetrics } from "../../src/queue/metrics.ts";
import { renderLogPage, renderStatusPage } from "../../src/queue/page/status-page.ts";
import { serveStatus } from "../../src/queue/serve-status.ts";
import { EVIL, KEY, STATUS } from "../helpers/queue-status.ts";
import { thrown } from "../helpers/thrown.ts";

it("the page quotes what comes from Redis, and says what needs somebody", () => {
  for (const page of [renderStatusPage(STATUS), renderLogPage(KEY, EVIL)]) {
    expect(page).not.toContain("<script");
    expect(page).not.toContain("\u202e");
    expect(page).toContain("&#60;script&#62;");
  }
  const page = renderStatusPage(STATUS);
  expect(page).toContain("1 running, 1 waiting, 1 failed.");
  expect(page).toContain("none is there");
  expect(page).toContain("[VCS_UNREACHABLE]");
  expect(page).toContain(`href="/log/${KEY}"`);
  expect(
    renderStatusPage({ ...STATUS, queues: [], running: [], waiting: [], failed: [], published: [] }),
  ).toContain("Nothing was submitted yet.");
});

it("the numbers have the form of Prometheus", () => {
  const text = renderMetrics(STATUS);
  for (const line of text.trimEnd().split("\n"))
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? \d+)$/);
  expect(text).toContain(
    'venvdeb_queue_jobs{kind="build",target="debian:bookworm/amd64",tool="1.0",state="failed"} 1',
  );
  expect(text).toContain("venvdeb_longest_running_seconds 40\n");
  expect(text).toContain("venvdeb_last_published_timestamp_seconds 1700000050\n");
});

it("the server answers what it knows, changes nothing, and says when Redis is away", async () => {
  let isAway = false;
  const server = await serveStatus({
    port: 0,
    read: async () => {
      if (isAway) throw new Error("connection refused");
      return STATUS;
    },
    log: async (key) => (key === KEY ? "said\n" : undefined),
  });
  onTestFinished(server.close);
  const ask = async (path: string, method = "GET") => await fetch(new URL(path, server.url), { method });
  const page = await ask("/");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await (await ask("/status.json")).json()).toEqual(STATUS);
  expect((await ask("/metrics")).headers.get("content-type")).toContain("version=0.0.4");
  expect(await (await ask(`/log/${KEY}.txt`)).text()).toBe("said\n");
  expect((await ask("/style.css")).status).toBe(200);
  for (const path of [`/log/${"b".repeat(64)}`, "/log/../../etc/passwd", "/x"])
    expect((await ask(path)).status, path).toBe(404);
  expect((await ask("/", "POST")).status).toBe(405);
  await new Promise((wake) => setTimeout(wake, 1100));
  isAway = true;
  expect((await ask("/")).status).toBe(503);
});

it("a port that is taken is told", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const options = { port, read: async () => STATUS, log: async () => undefined };
  expect((await thrown(() => serveStatus(options))).code).toBe("QUEUE_CANNOT_LISTEN");
});
