import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { enterTree } from "../../src/rehearse/machine/chroot.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

test("a tree in which nothing runs is no machine", async () => {
  const folder = await tempFiles();
  const root = join(folder, "root");
  await mkdir(root);
  const error = await thrown(() => enterTree({ id: "test", folder, root, environment: {} }));
  expect(error.code).toBe("REHEARSE_NO_START");
  expect(error.message).toContain("/bin/sh");
});
