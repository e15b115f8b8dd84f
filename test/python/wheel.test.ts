import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseWheel, compatibleTags, parseWheelFilename } from "../../src/python/wheel.ts";
import { askPython, pythonVenv } from "../helpers/python-venv.ts";

describe("parseWheelFilename", () => {
  it("writes the compressed tags out", () => {
    expect(parseWheelFilename("Foo_Bar-1.0-2a-py2.py3-none-linux_x86_64.any.whl")).toEqual({
      name: "foo-bar",
      version: "1.0",
      build: "2a",
      tags: ["py2-none-linux_x86_64", "py2-none-any", "py3-none-linux_x86_64", "py3-none-any"],
    });
  });

  it.each(["foo-1.0.tar.gz", "foo-1.0-py3-none.whl", "foo-1.0-x-py3-none-any.whl", "-1-a-b-c.whl", ""])(
    "does not take %j for a wheel",
    (filename) => expect(parseWheelFilename(filename)).toBeUndefined(),
  );
});

describe("compatibleTags", () => {
  const here = {
    minor: "3.11",
    machine: execFileSync("uname", ["-m"], { encoding: "utf8" }).trim(),
    glibc: execFileSync("getconf", ["GNU_LIBC_VERSION"], { encoding: "utf8" }).trim().replace("glibc ", ""),
  };

  it("are those of packaging.tags.sys_tags, in its order", async () => {
    const venv = await pythonVenv("packaging");
    const program = `import json; from packaging.tags import sys_tags; print(json.dumps([str(tag) for tag in sys_tags()]))`;
    expect(compatibleTags(here)).toEqual(await askPython(join(venv, "bin/python"), program, null));
  });

  it("know Debian's names of machines", () => {
    expect(compatibleTags({ minor: "3.13", machine: "arm64", glibc: "2.41" })).toContain(
      "cp313-cp313-manylinux_2_17_aarch64",
    );
  });

  it("leave manylinux out on musl", () => {
    const tags = compatibleTags({ minor: "3.12", machine: "x86_64", musl: "1.2" });
    expect(tags).toContain("cp312-cp312-musllinux_1_1_x86_64");
    expect(tags.some((tag) => tag.includes("manylinux"))).toBe(false);
  });

  it("have no plain ABI without the global interpreter lock", () => {
    const tags = compatibleTags({ minor: "3.14", machine: "x86_64", glibc: "2.41", freeThreaded: true });
    expect(tags).toContain("cp314-cp314t-manylinux_2_28_x86_64");
    expect(tags.some((tag) => tag.startsWith("cp314-cp314-"))).toBe(false);
  });
});

describe("chooseWheel", () => {
  const tags = compatibleTags({ minor: "3.11", machine: "x86_64", glibc: "2.36" });
  const choices: readonly (readonly [string, readonly string[], string | undefined])[] = [
    [
      "the own ABI before the stable one and pure Python",
      [
        "a-1-py3-none-any.whl",
        "a-1-cp39-abi3-manylinux_2_28_x86_64.whl",
        "a-1-cp311-cp311-manylinux2014_x86_64.whl",
      ],
      "a-1-cp311-cp311-manylinux2014_x86_64.whl",
    ],
    [
      "the newest libc that fits",
      [
        "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
        "a-1-cp311-cp311-manylinux_2_39_x86_64.whl",
      ],
      "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
    ],
    [
      "the highest build",
      ["a-1-9-py3-none-any.whl", "a-1-10-py3-none-any.whl", "a-1-py3-none-any.whl"],
      "a-1-10-py3-none-any.whl",
    ],
    [
      "nothing of another machine, libc or Python",
      [
        "a-1-cp312-cp312-manylinux_2_17_x86_64.whl",
        "a-1-cp311-cp311-manylinux_2_17_aarch64.whl",
        "a-1-cp311-cp311-musllinux_1_2_x86_64.whl",
        "a-1-cp312-abi3-manylinux_2_17_x86_64.whl",
        "a-1.tar.gz",
      ],
      undefined,
    ],
  ];
  it.each(choices)("takes %s", (_, filenames, expected) => {
    expect(chooseWheel(filenames, tags)).toBe(expected);
    expect(chooseWheel(filenames.toReversed(), tags)).toBe(expected);
  });
});
