import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { contributeMigration } from "../../src/system/migration.ts";
import { helloPlan } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

function run(migrate: string, form: readonly string[]) {
  const text =
    contributeMigration(helloPlan({}, { scripts: { migrate } })).fragments.postinst?.[0]?.text ?? "";
  const input = `set -e\n${text}\necho "after: \${mine-unset}"\n`;
  const { status, stdout, stderr } = spawnSync("dash", ["-s", "--", ...form], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("the hook of upgrades", () => {
  it.each([
    [["configure", ""], "[] [1.2.0-1]\nafter: unset\n"],
    [["configure", "1:1.0~rc1-1"], "[1:1.0~rc1-1] [1.2.0-1]\nafter: unset\n"],
    [["triggered", "x"], "after: unset\n"],
    [["abort-upgrade", "2.0-1"], "after: unset\n"],
  ])("gets the old and the new version at configure alone: %j", (form, stdout) => {
    expect(run('#!/bin/sh\nmine=set\necho "[$1] [$2]"\n', form)).toEqual({ status: 0, stdout, stderr: "" });
  });

  it.each([
    ["exit 7", 7],
    ["false\necho never", 1],
    ["return 3", 3],
    ["set +e\nfalse\nexit 4", 4],
  ])("that ends with %j fails postinst, in plain words", (migrate, status) => {
    const done = run(migrate, ["configure", "1.0-1"]);
    expect([done.status, done.stdout]).toEqual([status, ""]);
    expect(done.stderr).toMatch(
      /^hello: the migration to 1\.2\.0-1 ended with an error.*dpkg --configure -a$/m,
    );
  });

  it("for another shell is refused", async () => {
    const plan = helloPlan({}, { scripts: { migrate: "#!/usr/bin/env python3\n" } });
    expect((await thrown(() => contributeMigration(plan))).code).toBe("SYSTEM_SCRIPT_SHELL");
  });
});
