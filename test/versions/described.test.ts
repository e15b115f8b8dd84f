import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDescribed, writeDescribed } from "../../src/versions/described.ts";
import { describePackage } from "../../src/versions/previous.ts";
import { dpkgDeb } from "../helpers/dpkg-deb.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const TREE = { "etc/x": "x\n", "opt/hello/l": { link: "a" }, "opt/d": { folder: true } } as const;

describe("what is known of previous packages, handed on in a file", () => {
  it("is the newest of the name before the version, as it was described", async () => {
    const debs = [
      ["hello", "1.0-1"],
      ["hello", "1:0.5-1"],
      ["hello", "1:2.0-1"],
      ["other", "1:0.9-1"],
    ].map(([name = "", version = ""]) => dpkgDeb({ name, version, tree: TREE }));
    const packages = await Promise.all(debs.map(describePackage));
    const file = join(await tempFiles(), "previous.json");
    await writeDescribed(file, packages);
    const read = async (name: string, version: string) => readDescribed(file, { name, version });
    expect(await read("hello", "1:2.0-1")).toEqual(packages[1]);
    expect(await read("hello", "1:2.0-2")).toEqual(packages[2]);
    expect(await read("hello", "1.0-1")).toBeUndefined();
    expect(await read("none", "9-1")).toBeUndefined();
  });

  it("has what another one leaves behind, which machines of another suite may have", async () => {
    const debs = [
      dpkgDeb({ name: "hello", version: "1.0-1", tree: { "etc/both": "b", "etc/fix": "f" } }),
      dpkgDeb({ name: "hello", version: "1.1-1", tree: { "etc/both": "b", "etc/new": "n" } }),
    ];
    const packages = await Promise.all(debs.map(describePackage));
    const file = join(await tempFiles(), "previous.json");
    await writeDescribed(file, packages);
    expect(await readDescribed(file, { name: "hello", version: "1.2-1" })).toEqual({
      ...packages[1],
      migrations: [{ kind: "rm_conffile", path: "/etc/fix", through: "1.1-1" }],
    });
  });

  it.each([
    ["no JSON", "{"],
    ["another format", '{"format":2,"packages":[]}'],
    ["a path from the root", '{"format":1,"packages":[{"name":"a","version":"1","files":["/etc/passwd"]}]}'],
  ])("is refused: %s", async (_what, text) => {
    const folder = await tempFiles({ "previous.json": text });
    const identity = { name: "hello", version: "1" };
    const error = await thrown(() => readDescribed(join(folder, "previous.json"), identity));
    expect(error).toMatchObject({ code: "PLAN_BAD_PREVIOUS", exitCode: 2 });
  });
});
