import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withMirrorLock } from "../../src/vcs/mirror.ts";
import { runTool } from "../../src/vcs/run.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const GIT = {
  program: "git",
  debianPackage: "git",
  env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" },
  cwd: "/",
} as const;

it("ends a tool that takes too long, with what it has started", async () => {
  const started = performance.now();
  const error = await thrown(() =>
    runTool(GIT, ["-c", "alias.wait=!sleep 60", "wait"], { doing: "wait", seconds: 0.3 }),
  );
  expect(error.code).toBe("VCS_TIMEOUT");
  expect(performance.now() - started).toBeLessThan(20_000);
});

it("says the last words of a tool that fails, without secrets", async () => {
  const error = await thrown(() =>
    runTool(GIT, ["-c", "alias.fail=!echo no https://jane:secret@example.com >&2; exit 3", "fail"], {
      doing: "read https://jane:secret@example.com",
    }),
  );
  expect(error.code).toBe("VCS_FAILED");
  expect(error.message).toContain("exit code 3");
  expect(error.message).not.toContain("secret");
});

it("says when a mirror cannot be locked", async () => {
  const folder = await tempFiles();
  await symlink("/nonexistent/lock", join(folder, "lock"));
  const error = await thrown(() => withMirrorLock(folder, async () => undefined));
  expect(error.code).toBe("VCS_LOCKED");
});
