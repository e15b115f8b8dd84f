import { execa } from "execa";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cli } from "../helpers/cli.ts";
import { tempFiles } from "../helpers/temp-files.ts";

it("venvdeb check names the package, the finding and the file, and ends with exit code 1 for an error", async () => {
  const folder = await tempFiles({
    "hello/DEBIAN/control":
      "Package: hello\nVersion: 1.0-1\nArchitecture: all\nMaintainer: A <a@b.c>\nDescription: x\n",
    "hello/usr/local/x": "x",
  });
  await execa("dpkg-deb", ["--root-owner-group", "-b", "hello"], { cwd: folder });
  const { exitCode, stdout } = await cli(["check", "--skip-lintian", "hello.deb"], { cwd: folder });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^hello\.deb {2}error +[a-z0-9-]+ {2,}.+$/m);
  const json = await cli(["check", "--skip-lintian", "--json", "hello.deb"], { cwd: folder });
  expect(json.exitCode).toBe(1);
  expect(JSON.parse(json.stdout)).toEqual([
    {
      path: join(folder, "hello.deb"),
      findings: expect.arrayContaining([
        {
          severity: "error",
          code: expect.any(String),
          message: expect.any(String),
          path: expect.any(String),
        },
      ]),
    },
  ]);
});
