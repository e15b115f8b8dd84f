import { expect, test } from "vitest";
import { rewriteShebang } from "../../src/relocate/shebang.ts";
import { thrown } from "../helpers/thrown.ts";

const move = {
  environment: "/tmp/it's a b/opt/x",
  aliases: ["/real/opt/x"],
  finalPath: "/opt/x",
  python: "python3.11",
};
const BODY = "import sys\n";

test.each([
  ["a plain line of its real path", "#!/real/opt/x/bin/python\n", "#!/opt/x/bin/python3.11\n"],
  ["a plain line with an option", "#!/real/opt/x/bin/python3.11 -E\n", "#!/opt/x/bin/python3.11 -E\n"],
  ["a line that names the final path", "#!/opt/x/bin/python3\n", "#!/opt/x/bin/python3.11\n"],
  ["a line with DOS ends", "#!/real/opt/x/bin/python\r\n", "#!/opt/x/bin/python3.11\n"],
  ["a quoted path", `#!"/real/opt/x/bin/python"\n`, "#!/opt/x/bin/python3.11\n"],
  ["a detour", `#!/bin/sh\n'''exec' /real/opt/x/bin/python "$0" "$@"\n' '''\n`, "#!/opt/x/bin/python3.11\n"],
  [
    "a detour with quotes and an option",
    `#!/bin/sh\n'''exec' '/tmp/it'"'"'s a b/opt/x/bin/python3' -I "$0" "$@"\n' '''\n`,
    "#!/opt/x/bin/python3.11 -I\n",
  ],
  [
    "a detour in double quotes",
    `#!/bin/sh\n'''exec' "/tmp/it's a b/opt/x/bin/python" "$0" "$@"\n' '''\n`,
    "#!/opt/x/bin/python3.11\n",
  ],
])("%s becomes a plain line of the final path", (_title, before, after) => {
  expect(rewriteShebang(Buffer.from(before + BODY), move)?.toString()).toBe(after + BODY);
});

test.each([
  "#!/bin/sh\necho\n",
  "#!/usr/bin/env python3\n",
  "#!/usr/bin/python3.11\n",
  "\u007FELF",
  "",
  "#!",
  "#!\n",
])("what does not start the environment's Python stays: %j", (script) => {
  expect(rewriteShebang(Buffer.from(script), move)).toBeUndefined();
});

test("bytes after the first line stay as they are", () => {
  const body = Buffer.from([0x50, 0x4b, 0, 0xff, 0xfe]);
  const script = Buffer.concat([Buffer.from("#!/real/opt/x/bin/python\n"), body]);
  expect(rewriteShebang(script, move)?.subarray(-body.length)).toEqual(body);
});

test.each([
  ["127 bytes", 0, undefined],
  ["128 bytes", 1, "RELOCATE_SHEBANG_TOO_LONG"],
])("a first line of %s: %s", async (_title, more, code) => {
  const finalPath = "/".padEnd(127 - "#!/bin/python3.11".length + more, "x");
  const run = () => rewriteShebang(Buffer.from("#!/real/opt/x/bin/python\n"), { ...move, finalPath });
  if (code === undefined) expect(run()).toBeDefined();
  else expect((await thrown(run)).code).toBe(code);
});

test("a prefix with white space can't start scripts", async () => {
  const script = Buffer.from("#!/real/opt/x/bin/python\n");
  const error = await thrown(() => rewriteShebang(script, { ...move, finalPath: "/opt/a b" }));
  expect(error.code).toBe("RELOCATE_SHEBANG_SPACE");
});
