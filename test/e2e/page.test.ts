import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../../src/repository/page/render.ts";
import { openPage, serveFiles, startBrowser } from "../helpers/browser.ts";
import { faintTexts } from "../helpers/contrast.ts";
import { indexedPackage, largeInput, pageInput, teamInput } from "../helpers/page-input.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

const team = (): Promise<string> => serveFiles(renderPage(teamInput()));

const views = [1200, 375].flatMap((width) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    [true, false].map((javaScriptEnabled) => ({ width, colorScheme, javaScriptEnabled })),
  ),
);

describe.each(views)("at $width pixels, $colorScheme, scripts $javaScriptEnabled", (view) => {
  it.each(["", "packages/example-orders.html"])("the page %j is sound", async (path) => {
    const { page, troubles } = await openPage(browser, (await team()) + path, view);
    expect(await faintTexts(page, 4.5)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(view.width);
    expect(await page.locator("h1").innerText()).toBe(path === "" ? "Example" : "example-orders");
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(background).toBe(view.colorScheme === "dark" ? "rgb(22, 24, 28)" : "rgb(251, 250, 247)");
    expect(await page.locator("button").count()).toBe(view.javaScriptEnabled ? (path === "" ? 7 : 1) : 0);
    expect(troubles).toEqual([]);
  });
});

describe("without scripts", () => {
  it("everything can be read: instructions unfold, packages link to their pages", async () => {
    const { page } = await openPage(browser, await team(), { javaScriptEnabled: false });
    expect(await page.locator("form").isVisible()).toBe(false);
    const older = page.locator("details[open] details").first();
    expect(await older.locator("pre").isVisible()).toBe(false);
    await older.locator("summary").click();
    expect(await older.locator("pre").isVisible()).toBe(true);
    await page.getByText("Suite testing").click();
    expect(await page.getByText("Suites: testing").isVisible()).toBe(true);
    await page.getByRole("link", { name: "example-orders" }).first().click();
    expect(await page.getByText("sudo apt install example-orders").isVisible()).toBe(true);
    await page.getByRole("link", { name: "example-common" }).click();
    expect(await page.locator("h1").innerText()).toBe("example-common");
  });
});

describe("search", () => {
  it("shows the packages that have all words in their name or description", async () => {
    const { page, troubles } = await openPage(browser, await team());
    const search = page.getByLabel("Search packages");
    await search.fill("example PDF");
    expect(await names(page)).toEqual(["example-invoices", "example-invoices"]);
    expect(await page.getByRole("status").innerText()).toBe("2 of 14");
    await search.fill("nothing like it");
    expect(await page.getByRole("status").innerText()).toBe("No package has these words.");
    await search.fill("");
    expect(await names(page)).toHaveLength(14);
    expect(troubles).toEqual([]);
  });

  it("finds one of thousands, the best first", async () => {
    const input = largeInput(3000);
    const wanted = input.suites[0]?.packages[1234]?.name ?? "";
    const { page, troubles } = await openPage(browser, await serveFiles(renderPage(input)));
    await page.getByLabel("Search packages").fill(wanted);
    const results = page.getByRole("table", { name: "Found packages" });
    await results.waitFor();
    await results.getByRole("link").first().click();
    expect(await page.locator("h1").innerText()).toBe(wanted);
    expect(troubles).toEqual([]);
  });

  it("says so when the list does not load", async () => {
    const pages = new Map(renderPage(largeInput(400)));
    pages.delete("page/packages.json");
    const { page } = await openPage(browser, await serveFiles(pages));
    await page.getByLabel("Search packages").fill("amber");
    await page.getByText("The list of packages did not load.").waitFor();
  });

  it("is not needed to find one of thousands", async () => {
    const url = await serveFiles(renderPage(largeInput(3000)));
    const { page } = await openPage(browser, url, { javaScriptEnabled: false });
    await page.locator(".groups a").first().click();
    const first = page.locator("tbody a").first();
    const name = await first.innerText();
    await first.click();
    expect(await page.locator("h1").innerText()).toBe(name);
  });
});

describe("copying", () => {
  it("takes the commands and the fingerprint as they are", async () => {
    const { page, troubles } = await openPage(browser, await team());
    await page.getByRole("button", { name: "Copy: fingerprint" }).click();
    await page.getByText("Copied").waitFor();
    expect(await clipboard(page)).toBe("4B2C 91D0 7A5E F388 12C6  D940 77E1 A0B3 5F6C 2D18");
    await page.getByRole("button", { name: "Copy: Debian 12" }).first().click();
    await expect
      .poll(() => clipboard(page))
      .toContain("\nTypes: deb\nURIs: https://apt.example.com\nSuites: stable\n");
    expect(troubles).toEqual([]);
  });
});

describe("the keyboard", () => {
  it("reaches everything in the order of the page, and one sees where it is", async () => {
    const { page } = await openPage(browser, await team());
    const reached: string[] = [];
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press("Tab");
      const [name, outline] = await page.evaluate<[string, string]>(FOCUSED);
      if (name === "") break;
      expect(outline, name).toBe("solid");
      reached.push(name);
    }
    expect(reached.slice(0, 6)).toEqual(
      [
        "A Set up a machine",
        "A Signing key",
        "A Packages",
        "SUMMARY Suite stable",
        "PRE ",
        "BUTTON Copy",
      ].map((name) => expect.stringContaining(name)),
    );
    expect(reached).toContainEqual(expect.stringContaining("INPUT"));
    expect(reached.at(-1)).toBe("A python3-example-client");
  });
});

const FOCUSED = `(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return ["", ""];
  return [one.tagName + " " + one.textContent.trim().slice(0, 30), getComputedStyle(one).outlineStyle];
})()`;

describe("hostile text", () => {
  it("runs nothing and asks for nothing", async () => {
    const attack = `</title></script><script>alert(1)</script><img src="//example.org/x" onerror="alert(2)">'"`;
    const fields = `Homepage: javascript:alert(3)\nDepends: ${attack}\n`;
    const one = indexedPackage({
      name: attack,
      version: attack,
      description: `${attack}\n ${attack}`,
      fields,
    });
    const pages = renderPage({
      ...pageInput({ stable: [one] }),
      notes: new Map([[one.sha256, { changelog: attack }]]),
    });
    const url = await serveFiles(pages);
    const { page, troubles } = await openPage(browser, url, { width: 375 });
    await page.getByLabel("Search packages").fill("alert");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
    await page.locator("tbody a").first().click();
    expect(await page.locator("h1").innerText()).toBe(attack);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(375);
    expect(troubles).toEqual([]);
  });

  it("would not run if a place were not quoted", async () => {
    const pages = new Map(renderPage(teamInput()));
    const index = pages.get("index.html") ?? "";
    pages.set(
      "index.html",
      index.replace("<main>", `<main><script>alert(1)</script><b onclick="alert(2)">b</b>`),
    );
    const { page, troubles } = await openPage(browser, await serveFiles(pages));
    await page.locator("main > b").click();
    expect(troubles.filter((trouble) => trouble.startsWith("dialog"))).toEqual([]);
    expect(troubles.join("\n")).toContain("Content Security Policy");
  });
});

async function names(page: Page): Promise<string[]> {
  return await page.locator("tbody tr:visible th a").allInnerTexts();
}

async function clipboard(page: Page): Promise<string> {
  return await page.evaluate("navigator.clipboard.readText()");
}
