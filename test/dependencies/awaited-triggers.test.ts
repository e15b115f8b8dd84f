import { describe, expect, it } from "vitest";
import { checkAwaitedTriggers } from "../../src/dependencies/awaited-triggers.ts";
import type { ExplainedRelation } from "../../src/dependencies/types.ts";
import { helloPlan } from "../helpers/system-plans.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const RELATIONS: readonly ExplainedRelation[] = [
  { relation: "nginx | fonts-x (>= 1)", field: "Depends", reasons: [] },
  { relation: "themes", field: "Recommends", reasons: [] },
];

async function check(interest: readonly string[], interestNoawait: readonly string[] = []): Promise<void> {
  const root = await tempFiles({
    "var/lib/dpkg/info/fonts-x:amd64.list": "/.\n/usr/share/fonts/x.ttf\n",
    "var/lib/dpkg/info/fonts-x:amd64.triggers": "activate fonts-changed\nactivate-noawait fonts-seen\n",
    "var/lib/dpkg/info/themes.list": "/usr/share/themes/a\n",
  });
  const triggers = { interest, interestNoawait, activate: [], activateNoawait: [], command: ["x"] };
  checkAwaitedTriggers(helloPlan({ triggers }), RELATIONS, root);
}

describe("an awaited trigger", () => {
  it.each([
    ["/usr/bin/python3.11", "python3.11"],
    ["/usr/bin", "python3.11"],
    ["/usr/share/fonts/x.ttf", "fonts-x"],
    ["/usr/share/fonts", "fonts-x"],
    ["fonts-changed", "fonts-x"],
  ])("on %s of a dependency is refused", async (name, owner) => {
    const error = await thrown(() => check([name]));
    expect(error.code).toBe("DEPENDS_TRIGGER_CYCLE");
    expect(error.message).toContain(owner);
    expect(error.hint).toContain("interest-noawait");
  });

  it.each(["/usr/share/themes", "/usr/share/font", "fonts-seen", "themes-changed"])(
    "on %s that no dependency fires is fine",
    async (name) => {
      await expect(check([name])).resolves.toBeUndefined();
    },
  );

  it("is nobody's concern when nobody waits", async () => {
    await expect(check([], ["/usr/bin/python3.11", "fonts-changed"])).resolves.toBeUndefined();
  });
});
