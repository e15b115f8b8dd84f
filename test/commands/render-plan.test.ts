import { describe, expect, it } from "vitest";
import { renderPlan } from "../../src/commands/render-plan.ts";
import { renderBytes, renderTable } from "../../src/commands/table.ts";
import { helloPlan, service, SYSTEM_PLANS } from "../helpers/system-plans.ts";

describe("a plan for people", () => {
  it("says in lines what will be built", () => {
    const plan = helloPlan({
      links: { "/usr/bin/hello": "bin/hello" },
      services: { hello: service({ command: ["gunicorn", "a b"] }) },
    });
    const lines = renderPlan({ ...plan, timestamp: 0 }).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^package +hello 1\.2\.0-1 \(auto\)$/),
        expect.stringMatching(/^target +debian:bookworm\/amd64, Python 3\.11\.2$/),
        expect.stringMatching(/^environment +\/opt\/hello$/),
        expect.stringMatching(/^depends +python3\.11/),
        expect.stringMatching(/^service +hello \(hello\): \/opt\/hello\/bin\/gunicorn 'a b'$/),
        expect.stringMatching(/^link +\/usr\/bin\/hello -> \/opt\/hello\/bin\/hello$/),
        expect.stringMatching(/^timestamp +1970-01-01T00:00:00Z$/),
      ]),
    );
  });

  it("names jobs, folders, logs and triggers", () => {
    const text = renderPlan(SYSTEM_PLANS["jobs"] ?? helloPlan());
    expect(text).toMatch(
      /^timer +hello-report \(hello\) at 30 4 1 \* 1: \/opt\/hello\/bin\/hello report '?50%'?$/m,
    );
    expect(text).toMatch(/^cron job +hello-root \(root\) at @daily: \/usr\/bin\/env$/m);
    expect(text).toMatch(/^folder +\/etc\/hello\/conf\.d \(root:root\)$/m);
    expect(text).toMatch(/^logs +hello, daily: \/var\/log\/hello/m);
    expect(text).toMatch(/^waits for +hello-themes$/m);
    expect(text).toMatch(/^fires +hello-changed$/m);
  });
});

describe("a table", () => {
  it("has columns as wide as their widest cell", () => {
    expect(
      renderTable([
        ["a", "bb", "c"],
        ["aaa", "", "cc"],
      ]),
    ).toBe("a    bb  c\naaa      cc\n");
    expect(renderTable([])).toBe("");
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1400, "1.4 kB"],
    [459_000_000, "459.0 MB"],
    [2_300_000_000, "2.3 GB"],
  ])("shows %d bytes as %s", (bytes, text) => {
    expect(renderBytes(bytes)).toBe(text);
  });
});
