import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkPackage, type Finding } from "../../src/check/check.ts";
import type { PackageEntry } from "../../src/deb/entry.ts";
import { writeDeb } from "../../src/deb/write.ts";
import { readHost } from "../../src/effects/host.ts";
import { contentsOf, dataEntry, linkEntry } from "../helpers/deb-contents.ts";
import { checkRaw, codes, etc, folders, inHello, opt, type RawPackage } from "../helpers/check-raw.ts";
import { CONTROL_TEXT, type RawMember } from "../helpers/raw-deb.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const HOST = { ...readHost(), home: "/home/builder" };
const SITE = "opt/hello/lib/python3.11/site-packages";

describe("a sound package", () => {
  test("has no findings", async () => {
    expect(await checkEntries(await environment())).toEqual([]);
  });

  test("lintian's findings are folded in when asked for", async () => {
    const findings = await checkEntries(await environment(), true);
    expect(findings).toContainEqual({
      severity: "error",
      code: "lintian-dir-or-file-in-opt",
      path: `/${SITE}/hello.py`,
      message: "dir-or-file-in-opt",
    });
  });
});

describe("control data", () => {
  test.each<[string, string, RawPackage]>([
    ["a maintainer without address", "control-field", { control: CONTROL_TEXT.replace(/ <.*>/, "") }],
    ["a bad version", "control-field", { control: CONTROL_TEXT.replace("1.0-1", "v1") }],
    ["no description", "control-field", { control: CONTROL_TEXT.replace(/Description.*\n/, "") }],
    ["a relation that is none", "control-relation", { control: `${CONTROL_TEXT}Depends: libc6, foo bar\n` }],
    ["no Installed-Size", "installed-size-missing", { installedSize: "" }],
    ["a wrong Installed-Size", "installed-size", { installedSize: "Installed-Size: 9000\n" }],
    ["an Installed-Size in words", "installed-size", { installedSize: "Installed-Size: big\n" }],
    ["a script that sh can't read", "script-syntax", { files: { postinst: "#!/bin/sh\nif true\n" } }],
    ["a script that bash can't read", "script-syntax", { files: { prerm: "#!/bin/bash\nfor\n" } }],
    ["a script without interpreter", "script-interpreter", { files: { postrm: "true\n" } }],
    ["a conffile that is not shipped", "conffile-missing", { files: { conffiles: "/etc/nothing\n" } }],
    [
      "a conffile named twice",
      "conffile-repeated",
      { files: { conffiles: "/etc/a\n/etc/a\n" }, data: etc("a") },
    ],
    ["a file under /etc that is no conffile", "conffile-unlisted", { data: etc("a") }],
    [
      "an md5sums that lies",
      "md5sums-differ",
      { files: { md5sums: `${"0".repeat(32)}  opt/a\n` }, data: opt({ name: "a" }) },
    ],
    ["an md5sums that names too much", "md5sums-extra", { files: { md5sums: `${"0".repeat(32)}  opt/a\n` } }],
    [
      "an md5sums that names too little",
      "md5sums-missing",
      { files: { md5sums: "" }, data: opt({ name: "a" }) },
    ],
    ["an md5sums of another form", "md5sums-line", { files: { md5sums: "hello\n" } }],
    ["a staging path in a script", "build-path", { files: { postinst: "#!/bin/sh\n# /tmp/venvdeb-x1\n" } }],
  ])("%s", async (_, code, contents) => {
    expect(await codes(HOST, contents)).toEqual([code]);
  });
});

describe("files", () => {
  test.each<[string, string, RawMember[]]>([
    ["a file without its folder", "parent-missing", [{ name: "./opt/x/a" }]],
    ["two members with one path", "path-repeated", opt({ name: "a" }, { name: "a" })],
    ["a file in /usr/local", "place", [...folders("usr", "usr/local"), { name: "./usr/local/a" }]],
    ["a file in /home", "place", [...folders("home"), { name: "./home/a" }]],
    ["a folder of its own at the top", "place", folders("data")],
    ["a file that anyone may write", "world-writable", opt({ name: "a", mode: 0o666 })],
    ["a folder that anyone may write", "world-writable", opt({ name: "a/", type: "5", mode: 0o777 })],
    ["a setuid program", "setuid", opt({ name: "a", mode: 0o4755 })],
    ["a device", "device", opt({ name: "a", type: "3" })],
    ["a link to what is not shipped", "link-broken", inHello({ name: "a", type: "2", target: "b" })],
    [
      "an absolute link to what is not shipped",
      "link-broken",
      inHello({ name: "a", type: "2", target: "/opt/hello/x" }),
    ],
    ["links in a ring", "link-loop", inHello({ name: "a", type: "2", target: "a" })],
    ["a link to someone's home", "link-outside", inHello({ name: "a", type: "2", target: "/home/me/x" })],
    ["a staging path", "build-path", opt({ name: "a", data: "x\0/tmp/venvdeb-Ab12/opt" })],
    ["the builder's home", "build-home", opt({ name: "a", data: "at /home/builder/src" })],
  ])("%s", async (_, code, data) => {
    expect(new Set(await codes(HOST, { data }))).toEqual(new Set([code]));
  });

  test("a shared folder with the sticky bit may be written by anyone", async () => {
    expect(await codes(HOST, { data: opt({ name: "a/", type: "5", mode: 0o1777 }) })).toEqual([]);
  });

  test("a staging path is found in a big file, with its offset, wherever the pieces are cut", async () => {
    const path = "/tmp/venvdeb-";
    for (const offset of [33_000_000, 65_536 * 3 - 5, 0]) {
      const data = Buffer.alloc(34_000_000);
      data.write(path, offset);
      const [finding, ...rest] = await checkRaw(HOST, { data: opt({ name: "big", data }) });
      expect(rest).toEqual([]);
      expect(finding).toMatchObject({ code: "build-path", path: "/opt/big" });
      expect(finding?.message).toMatch(new RegExp(`byte ${offset}$`));
    }
  });
});

describe("commands", () => {
  test.each([
    "#!/opt/hello/bin/python3.11",
    "#!/usr/bin/python3.11 -I",
    "#! /bin/sh -e",
    "#!/usr/bin/env bash",
    "\x7fELF",
  ])("may begin with %j", async (shebang) => {
    expect(await codes(HOST, { data: command(shebang) })).toEqual([]);
  });

  test.each([
    ["#!/opt/hello/bin/python3.12", "shebang-interpreter"],
    ["#!/opt/other/bin/python3", "shebang-interpreter"],
    ["#!/root/.pyenv/bin/python3", "shebang-interpreter"],
    ["#!python", "shebang-interpreter"],
    ["#!/usr/bin/python3", "shebang-floating"],
    ["#!/usr/bin/env python3", "shebang-floating"],
    ["#!/bin/sh\r", "shebang-line-end"],
    [`#!/opt/hello/bin/${"x".repeat(120)}`, "shebang-long"],
  ])("may not begin with %j", async (shebang, code) => {
    expect(await codes(HOST, { data: command(shebang) })).toEqual([code]);
  });
});

describe("an environment that was changed after it was made", () => {
  test.each<[string, string, string, (entry: string) => string]>([
    [
      "a source that its bytecode is not of",
      "bytecode-stale record-digest",
      `${SITE}/hello.py`,
      (text) => text.replace("1", "2"),
    ],
    [
      "a file that its RECORD does not know in this size",
      "bytecode-stale record-size",
      `${SITE}/hello.py`,
      (text) => `${text}#`,
    ],
    [
      "a RECORD that names what is not there",
      "record-missing",
      `${SITE}/hello-1.dist-info/RECORD`,
      (text) => `${text}x.py,,\n`,
    ],
    [
      "quoted names in a RECORD",
      "record-missing",
      `${SITE}/hello-1.dist-info/RECORD`,
      (text) => `${text}"a,""b"".py",,\n`,
    ],
  ])("%s", async (_, expected, path, change) => {
    const entries = await environment();
    const changed = entries.map((entry) =>
      entry.kind === "data" && entry.path === path
        ? dataEntry(path, change(Buffer.from(entry.data).toString()))
        : entry,
    );
    const found = await checkEntries(changed);
    expect(
      found
        .map(({ code }) => code)
        .toSorted()
        .join(" "),
    ).toBe(expected);
  });

  test.each([
    ["timestamp", "cpython-311", "bytecode-by-time"],
    ["checked-hash", "cpython-311", "bytecode-checked"],
    ["unchecked-hash", "cpython-312", "bytecode-release"],
  ])("bytecode with %s named %s", async (mode, tag, code) => {
    const found = await checkEntries(await environment(tag, mode));
    expect(found.map((finding) => finding.code)).toEqual([code]);
  });

  test("bytecode without source, or cut off", async () => {
    const entries = await environment();
    const bytecode = entries.filter(({ path }) => path.endsWith(".pyc"));
    expect((await checkEntries(bytecode)).map(({ code }) => code)).toEqual(["bytecode-alone"]);
    const short = bytecode.map(({ path }) => dataEntry(path, Buffer.alloc(5)));
    expect((await checkEntries(short)).map(({ code }) => code)).toEqual(["bytecode-damaged"]);
  });
});

async function checkEntries(entries: readonly PackageEntry[], lintian = false): Promise<Finding[]> {
  const folder = await tempFiles();
  const path = join(folder, "hello_1.0-1_amd64.deb");
  await writeDeb(contentsOf({ project: entries }), path, { jobs: 2, temporaryDirectory: folder });
  return checkPackage(path, { host: HOST, lintian });
}

const COMPILE = `
import py_compile, sys
mode = py_compile.PycInvalidationMode[sys.argv[1].upper().replace("-", "_")]
py_compile.compile("hello.py", "x.pyc", invalidation_mode=mode)
`;

/** A tiny environment as venvdeb ships it: command, module, bytecode by the real compiler, RECORD. */
async function environment(tag = "cpython-311", mode = "unchecked-hash"): Promise<PackageEntry[]> {
  const source = "VALUE = 1\n";
  const folder = await tempFiles({ "hello.py": source });
  execFileSync("/usr/bin/python3.11", ["-c", COMPILE, mode], { cwd: folder });
  const digest = createHash("sha256").update(source).digest("base64url");
  const record = [
    `hello.py,sha256=${digest},${source.length}`,
    `__pycache__/hello.${tag}.pyc,,`,
    "hello-1.dist-info/RECORD,,",
    "../../../bin/hello,,",
  ];
  return [
    linkEntry("opt/hello/bin/python3.11", "/usr/bin/python3.11"),
    linkEntry("opt/hello/bin/python3", "python3.11"),
    dataEntry("opt/hello/bin/hello", "#!/opt/hello/bin/python3.11\nimport hello\n", 0o755),
    dataEntry(`${SITE}/hello.py`, source),
    dataEntry(`${SITE}/__pycache__/hello.${tag}.pyc`, readFileSync(join(folder, "x.pyc"))),
    dataEntry(`${SITE}/hello-1.dist-info/RECORD`, `${record.join("\n")}\n`),
  ];
}

function command(shebang: string): RawMember[] {
  return inHello(
    { name: "bin/", type: "5", mode: 0o755 },
    { name: "bin/python3.11", type: "2", target: "/usr/bin/python3.11" },
    { name: "bin/run", data: `${shebang}\nx\n`, mode: 0o755 },
  );
}
