import { readFileSync, readlinkSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createEnvironment } from "../../src/environment/create.ts";
import { parseRecord, rowIsTrue } from "../../src/relocate/record.ts";
import { relocate } from "../../src/relocate/relocate.ts";
import { testHost } from "../helpers/environment-build.ts";
import { bookworm } from "../helpers/target.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const SITE = "lib/python3.11/site-packages";

/** An environment with some files and, on top of them, one distribution that lists them. */
async function environmentWith(files: Readonly<Record<string, string>>): Promise<string> {
  const environment = join(await tempFiles(), "opt/x");
  await createEnvironment(environment, bookworm.python, testHost());
  const info = `${SITE}/x-1.0.dist-info`;
  const all = { [`${info}/METADATA`]: "Name: x\nVersion: 1.0\n", ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(join(environment, path, ".."), { recursive: true });
    await writeFile(join(environment, path), text.replaceAll("HERE", environment));
  }
  const rows = Object.keys(all).map((path) => `../../../${path},sha256=old,1\n`);
  await writeFile(join(environment, info, "RECORD"), `${rows.join("")}x-1.0.dist-info/RECORD,,\n`);
  return environment;
}

async function move(environment: string): Promise<void> {
  await relocate(environment, "/opt/x", bookworm.python);
}

test("scripts, notes of installers and RECORD follow the move; what was dropped is no longer listed", async () => {
  const environment = await environmentWith({
    "bin/tool": "#!HERE/bin/python\nprint(1)\n",
    "bin/other": "#!/bin/sh\n",
    [`${SITE}/x-1.0.dist-info/direct_url.json`]: '{"url": "file://HERE"}',
    [`${SITE}/x-1.0.dist-info/uv_cache.json`]: "{}",
    [`${SITE}/x-1.0.dist-info/INSTALLER`]: "uv",
  });
  await move(environment);
  const rows = parseRecord(readFileSync(join(environment, SITE, "x-1.0.dist-info/RECORD"), "utf8"));
  expect(rows.map(({ path }) => path)).toEqual([
    "../../../bin/other",
    "../../../bin/tool",
    "x-1.0.dist-info/INSTALLER",
    "x-1.0.dist-info/METADATA",
    "x-1.0.dist-info/RECORD",
  ]);
  for (const row of rows.filter(({ path }) => /tool|INSTALLER/.test(path)))
    expect(rowIsTrue(row, readFileSync(join(environment, SITE, row.path)))).toBe(true);
  for (const name of ["activate", "activate.csh", "activate.fish"])
    expect(readFileSync(join(environment, "bin", name), "utf8")).not.toContain(environment);
});

test("links into the present place become relative, links inside stay, links that leave are refused", async () => {
  const environment = await environmentWith({ "share/data": "x" });
  await symlink(join(environment, "share/data"), join(environment, "share/absolute"));
  await symlink("data", join(environment, "share/relative"));
  await move(environment);
  expect(readlinkSync(join(environment, "share/absolute"))).toBe("data");
  expect(readlinkSync(join(environment, "share/relative"))).toBe("data");
  expect(readlinkSync(join(environment, "lib64"))).toBe("lib");
  for (const target of ["/etc/passwd", "../../../etc/passwd", "/opt/x2/y"]) {
    const other = await environmentWith({ "share/data": "x" });
    await symlink(target, join(other, "share/link"));
    const error = await thrown(async () => await move(other));
    expect(error).toMatchObject({ code: "RELOCATE_LINK" });
    expect(error.message).toContain(target);
  }
});

test.each([
  ["an absolute line", "x.pth", "/srv/code\n", "RELOCATE_PTH"],
  ["a line that climbs out", "x.pth", "../../../../../code\n", "RELOCATE_PTH"],
  ["an import with the present place", "x.pth", "import sys; sys.path.append('HERE/code')\n", "RELOCATE_PTH"],
  ["an egg-link", "x.egg-link", "/srv/code\n", "RELOCATE_EDITABLE"],
  ["an editable's finder", "__editable___x_finder.py", "", "RELOCATE_EDITABLE"],
  [
    "an editable's note",
    "x-1.0.dist-info/direct_url.json",
    '{"dir_info": {"editable": true}}',
    "RELOCATE_EDITABLE",
  ],
])("%s is refused", async (_title, name, text, code) => {
  const environment = await environmentWith({ [`${SITE}/${name}`]: text });
  expect(await thrown(async () => await move(environment))).toMatchObject({ code });
});

test("lines of .pth that stay inside, comments and imports are kept", async () => {
  const text = "# note\nsub/folder\nimport os\n\n";
  const environment = await environmentWith({ [`${SITE}/x.pth`]: text });
  await move(environment);
  expect(readFileSync(join(environment, SITE, "x.pth"), "utf8")).toBe(text);
});
