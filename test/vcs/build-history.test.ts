import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publicHistory, readBuildHistory, vcsFields } from "../../src/vcs/build-history.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const COMMIT = "3f2a1c9".padEnd(40, "0");

describe("what a package says of its version control", () => {
  it.each([
    [
      { kind: "git", url: "https://jane:secret@github.com/shop/api.git", path: "services/web" },
      {
        "Vcs-Browser": "https://github.com/shop/api",
        "Vcs-Git": "https://github.com/shop/api.git [services/web]",
      },
    ],
    [
      { kind: "git", url: "git@gitlab.example.com:shop/api.git" },
      {
        "Vcs-Browser": "https://gitlab.example.com/shop/api",
        "Vcs-Git": "git@gitlab.example.com:shop/api.git",
      },
    ],
    [{ kind: "hg", url: "https://hg.example.com/shop" }, { "Vcs-Hg": "https://hg.example.com/shop" }],
    [
      { kind: "svn", url: "https://svn.example.com/shop", path: "web" },
      { "Vcs-Svn": "https://svn.example.com/shop" },
    ],
    [{ kind: "git", url: "/srv/git/private" }, {}],
    [{ kind: "svn", url: "file:///srv/svn/private" }, {}],
  ] as const)("%o", (source, fields) => {
    expect(vcsFields(publicHistory(source, COMMIT, []))).toEqual(fields);
  });

  it("nothing where nobody knows", () => {
    expect(vcsFields(undefined)).toEqual({});
  });
});

describe("a file of --history", () => {
  it("is read as it was written", async () => {
    const history = publicHistory({ kind: "git", url: "https://git.example.com/a" }, COMMIT, ["Begin"]);
    const folder = await tempFiles({ "history.json": JSON.stringify(history) });
    expect(await readBuildHistory(join(folder, "history.json"))).toEqual(history);
  });

  it.each([
    ["no JSON", "{"],
    ["another form", JSON.stringify({ kind: "cvs", commit: COMMIT, changes: [] })],
    ["a line end in a change", JSON.stringify({ kind: "git", commit: COMMIT, changes: ["a\n -- evil"] })],
    [
      "a field in an address",
      JSON.stringify({ kind: "git", commit: COMMIT, url: "x\nDepends: evil", changes: [] }),
    ],
    [
      "a browser of another kind",
      JSON.stringify({ kind: "git", commit: COMMIT, browser: "javascript:alert(1)", changes: [] }),
    ],
  ])("is refused: %s", async (_what, text) => {
    const folder = await tempFiles({ "history.json": text });
    const error = await thrown(() => readBuildHistory(join(folder, "history.json")));
    expect(error).toMatchObject({ code: "VCS_BAD_HISTORY", exitCode: 2 });
  });
});
