import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { admitPackages } from "../../src/repository/admission/admit.ts";
import { editContents, renderContents, type ContentsSource } from "../../src/repository/contents.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { controlText, makeVariedDeb } from "../helpers/varied-debs.ts";

describe("renderContents", () => {
  test("lists the files that apt-ftparchive lists, with their packages", async () => {
    const folder = await tempFiles();
    const trees: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      one: { "opt/both": "", "opt/one/a b/c  d": "", "usr/bin/x": "" },
      two: { "opt/both": "", "opt/two/ünï/ﬀ": "", "usr/share/doc/two/README": "", "opt/a": "", "opt/Z": "" },
    };
    const paths = Object.entries(trees).map(([name, files]) =>
      makeVariedDeb(folder, name, { control: controlText(name), files }),
    );
    const admitted = await admitPackages(paths, { jobs: 1, contents: true });
    const ours = renderContents(admitted.map(({ name, details: { files = [] } }) => ({ name, files })));
    const theirs = execFileSync("apt-ftparchive", ["contents", "."], {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(linesOf(ours)).toEqual(linesOf(theirs.toString()).toSorted());
    expect(linesOf(ours)).toContain("opt/both one,two");
  });

  test("is sorted, names section and package once, and leaves tricks out", () => {
    const text = renderContents([
      { name: "b", section: "net", files: ["z", "opt/x", "évil\nroot/x bad/pkg", "e\u001b[2J", "trailing "] },
      { name: "a", section: "non-free/python", files: ["opt/x", "opt/x"] },
      { name: "b", section: "net", files: ["opt/x"] },
    ]);
    expect(linesOf(text)).toEqual(["opt/x net/b,non-free/python/a", "z net/b"]);
  });

  test("apt-file finds the packages", async () => {
    const folder = await tempFiles();
    const text = renderContents([
      { name: "hello", section: "net", files: ["usr/bin/hello", "opt/hello/with blank"] },
      { name: "other", files: ["usr/bin/other"] },
    ]);
    const config = aptTree(folder, text);
    execFileSync("apt-get", ["-qq", "update"], {
      env: { ...process.env, APT_CONFIG: config },
      stdio: "ignore",
    });
    const search = (pattern: string): string =>
      execFileSync("apt-file", ["--config-file", config, "search", pattern], {
        env: { ...process.env, APT_CONFIG: config },
      }).toString();
    expect(search("bin/hello")).toBe("hello: /usr/bin/hello\n");
    expect(search("with blank")).toBe("hello: /opt/hello/with blank\n");
    expect(search("bin/other")).toBe("other: /usr/bin/other\n");
  });
});

describe("editContents", () => {
  const name = fc.constantFrom("a", "b", "lib-c", "d+e");
  const files = fc.array(fc.constantFrom("opt/x", "opt/x y", "usr/z", "usr/é", "a", "opt/x  y"), {
    maxLength: 4,
  });
  const packages = fc.array(fc.record({ name, files, section: fc.constantFrom("net", "x/y", undefined) }), {
    maxLength: 6,
  });

  test("gives what making all anew gives", () => {
    fc.assert(
      fc.property(packages, packages, fc.uniqueArray(name), (before, after, changed) => {
        const touched = new Set(changed);
        const left: readonly ContentsSource[] = before.filter((one) => !touched.has(one.name));
        const fresh = after.filter((one) => touched.has(one.name));
        const edited = editContents(renderContents(before), touched, fresh);
        expect(edited).toBe(renderContents([...left, ...fresh]));
      }),
      { numRuns: 2000 },
    );
  });
});

/** Each line's path and packages, whatever is between them. */
function linesOf(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\s+(\S+)$/, " $1"));
}

/** A repository of these Contents alone, and the configuration of an apt that knows nothing else; its path. */
function aptTree(folder: string, contents: string): string {
  const packages = `Package: hello\nVersion: 1\nArchitecture: all\nFilename: x\nSize: 1\nSHA256: ${sha256("x")}\n`;
  const listed = {
    "main/Contents-amd64.gz": gzipSync(contents),
    "main/Contents-amd64": Buffer.from(contents),
    "main/binary-amd64/Packages": Buffer.from(packages),
  };
  const lines = Object.entries(listed).map(([path, bytes]) => ` ${sha256(bytes)} ${bytes.length} ${path}`);
  const release = `Suite: stable\nCodename: stable\nComponents: main\nArchitectures: amd64\nDate: ${new Date().toUTCString()}\nSHA256:\n${lines.join("\n")}\n`;
  const config = `Dir::State "${folder}/state"; Dir::Cache "${folder}/cache"; Dir::State::status "${folder}/status";
Dir::Etc::SourceList "${folder}/sources.list"; Dir::Etc::SourceParts "/dev/null"; APT::Sandbox::User "root";
APT::Architecture "amd64"; APT::Architectures { "amd64"; };
`;
  const all = {
    "repository/dists/stable/main/Contents-amd64.gz": listed["main/Contents-amd64.gz"],
    "repository/dists/stable/main/binary-amd64/Packages": packages,
    "repository/dists/stable/Release": release,
    "sources.list": `deb [trusted=yes] file:${folder}/repository stable main\n`,
    "apt.conf": config,
    status: "",
    "state/lists/partial/x": "",
    "cache/archives/partial/x": "",
  };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return join(folder, "apt.conf");
}

function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
