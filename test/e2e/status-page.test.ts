import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { serveStatus } from "../../src/queue/serve-status.ts";
import { openPage, startBrowser } from "../helpers/browser.ts";
import { faintTexts } from "../helpers/contrast.ts";
import { KEY, STATUS } from "../helpers/queue-status.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

it.each(
  [1200, 375].flatMap((width) => (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme }))),
)("the status page is sound at $width pixels, $colorScheme", async (view) => {
  const server = await serveStatus({
    port: 0,
    read: async () => STATUS,
    log: async (key) => (key === KEY ? "what it says\n" : undefined),
  });
  onTestFinished(server.close);
  const { page, troubles } = await openPage(browser, server.url, view);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(view.width);
  expect(await faintTexts(page, 4.5)).toEqual([]);
  const name = await page.locator(".queues tbody th").first().boundingBox();
  expect(name?.height).toBeLessThan(100);
  expect(await page.locator(".alarm").innerText()).toBe("none is there");
  expect(await page.locator(".message").innerText()).toContain("[VCS_UNREACHABLE]");
  await page.getByRole("region", { name: "Failed" }).getByRole("link", { name: "log" }).click();
  expect(await page.locator("pre").innerText()).toContain("what it says");
  expect(troubles).toEqual([]);
});
