import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { serveRepository } from "../../src/repository/serve.ts";
import { tempFiles } from "./temp-files.ts";

/** Debian's Chromium. */
export async function startBrowser(): Promise<Browser> {
  // The tests run as root, whom Chromium gives no sandbox.
  return await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** Serves these files until the test is over; gives the address of their folder. */
export async function serveFiles(files: ReadonlyMap<string, string>): Promise<string> {
  const folder = await tempFiles();
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const server = await serveRepository(folder);
  onTestFinished(server.close);
  return server.url;
}

interface View {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  readonly javaScriptEnabled?: boolean;
}

/** A page and what went wrong on it: messages, failed requests, requests to elsewhere, dialogs. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1200, ...view }: View = {},
): Promise<{ readonly page: Page; readonly troubles: readonly string[] }> {
  const context = await browser.newContext({ ...view, viewport: { width, height: 800 } });
  onTestFinished(() => context.close());
  const origin = new URL(url).origin;
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => troubles.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => troubles.push(`failed: ${request.url()}`));
  page.on("response", (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:"))
      troubles.push(`elsewhere: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, troubles };
}
