import type { Page } from "playwright-core";

/** Visible texts of a page whose contrast with what is behind them is below a ratio (WCAG 2.2, 1.4.3). */
export async function faintTexts(page: Page, least: number): Promise<readonly string[]> {
  return await page.evaluate(`(${FAINT_TEXTS})(${least})`);
}

/** Runs in the page. */
const FAINT_TEXTS = `(least) => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = channels(getComputedStyle(one).backgroundColor);
      if (color.length === 3) return color;
    }
    throw new Error("nothing has a colour");
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
    if (text === "" || !element.checkVisibility()) continue;
    const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least) faint.push(element.tagName + " " + text.slice(0, 40) + " " + ratio.toFixed(2));
  }
  return faint;
}`;
