import { describe, expect, it } from "vitest";
import { createReporter, renderError } from "../../src/effects/terminal-reporter.ts";
import { VenvdebError } from "../../src/errors.ts";

function recorder({ interactive = false, color = false, verbose = false, columns = 60 } = {}) {
  const written: string[] = [];
  const stream = { columns, write: (text: string) => written.push(text) };
  const reporter = createReporter({ stream, interactive, color, verbose });
  return { reporter, text: () => written.join("").replaceAll(/\d+\.\d s/g, "0.0 s"), written };
}

describe("in a log", () => {
  it("a step is a line at its start and one at its end", async () => {
    const { reporter, text } = recorder();
    const result = await reporter.step("Installing", async (progress) => {
      progress("numpy", 1, 2);
      reporter.info("using uv.lock");
      return Promise.resolve(7);
    });
    expect(result).toBe(7);
    expect(text()).toBe("Installing ...\nusing uv.lock\nInstalling: done in 0.0 s\n");
  });

  it("a step that fails says so and lets the error through", async () => {
    const { reporter, text } = recorder();
    await expect(reporter.step("Installing", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(text()).toBe("Installing ...\nInstalling: failed after 0.0 s\n");
  });

  it("details are shown when asked for", async () => {
    const { reporter, text } = recorder({ verbose: true });
    await reporter.step("Installing", async (progress) => {
      progress("numpy", 1, 2);
      progress("reading", 3);
      progress("thinking");
      return Promise.resolve();
    });
    expect(text()).toContain("Installing: numpy (1/2)\nInstalling: reading (3)\nInstalling: thinking\n");
  });

  it("a warning has its hint", () => {
    const { reporter, text } = recorder();
    reporter.warning("no lock file", "uv lock");
    reporter.warning("odd");
    expect(text()).toBe("warning: no lock file\nhint: uv lock\nwarning: odd\n");
  });

  it("secrets and control characters never get through", () => {
    const { reporter, text } = recorder();
    reporter.warning("https://a:b@example.org/ \u001B[31m\u0007\u009B");
    expect(text()).toBe("warning: https://****@example.org/ �[31m��\n");
  });
});

describe("on a terminal", () => {
  it("running steps stay below what is printed, and go when done", async () => {
    const { reporter, written } = recorder({ interactive: true });
    await reporter.step("outer", async (progress) => {
      progress("file\u001B[2J", 1, 3);
      await reporter.step("inner", () => Promise.resolve());
      reporter.warning("odd");
    });
    const screen = render(written.join(""));
    expect(screen).toEqual([
      expect.stringMatching(/^inner: done in \d\.\d s$/),
      "warning: odd",
      expect.stringMatching(/^outer: done in \d\.\d s$/),
    ]);
  });

  it("without a known width has 80 columns", async () => {
    const { reporter, written } = recorder({ interactive: true, columns: 0 });
    await reporter.step("Installing", () => Promise.resolve());
    expect(written[0]).toMatch(/^. Installing {2}0 s\n$/);
  });

  it("a step shows what it does, how far it is and how long it takes, in one line", async () => {
    const { reporter, written } = recorder({ interactive: true, columns: 40 });
    await reporter.step("Installing", async (progress) => {
      progress(`numpy 漢字 ${"x".repeat(80)}`, 1, 3);
      await new Promise((resolve) => setTimeout(resolve, 250));
    });
    const drawn = written.filter((text) => text.includes("numpy"));
    expect(drawn.length).toBeGreaterThan(0);
    expect(drawn[0]).toMatch(/[-\\|/] Installing {2}0 s {2}numpy 漢字 x+…\n$/u);
    expect(Math.max(...drawn.map((text) => text.split("\u001B[J").at(-1)?.length ?? 0))).toBeLessThanOrEqual(
      40,
    );
  });

  it("colour marks the kind of a line", async () => {
    const { reporter, text } = recorder({ color: true });
    reporter.warning("odd");
    await reporter.step("Installing", () => Promise.resolve());
    expect(text()).toBe(
      "\u001B[33mwarning:\u001B[0m odd\nInstalling ...\nInstalling: \u001B[32mdone\u001B[0m in 0.0 s\n",
    );
  });
});

/** What a terminal shows after the only two movements that are used: up, and clear from here to the end. */
function render(output: string): string[] {
  const lines: string[] = [];
  for (const part of output.split("\u001B[")) {
    const [, up, rest = part] = /^(?:(\d+)A\r|J)([^]*)$/.exec(part) ?? [];
    if (up !== undefined) lines.splice(lines.length - Number(up));
    lines.push(...rest.split("\n").slice(0, -1));
  }
  return lines;
}

describe("an error", () => {
  it("is shown with its code and hint", () => {
    const error = new VenvdebError("TOOL_MISSING", 'Cannot run "xz": it is not on PATH', {
      hint: "apt-get install xz-utils",
    });
    expect(renderError(error, false)).toBe(
      'error: Cannot run "xz": it is not on PATH [TOOL_MISSING]\nhint: apt-get install xz-utils\n',
    );
  });
});
