import { expect, it } from "vitest";
import { parseAddress } from "../../src/vcs/address.ts";
import { isToolData, oneLine, scopePath } from "../../src/vcs/names.ts";
import { thrown } from "../helpers/thrown.ts";

it.each([
  ["git", "https://example.org/group/app.git"],
  ["git", "https://user:token@example.org:8443/app"],
  ["git", "ssh://git@example.org:2222/app.git"],
  ["git", "git@example.org:group/app.git"],
  ["git", "/srv/My Projects/app.git"],
  ["git", "file:///srv/app"],
  ["hg", "https://example.org/app"],
  ["svn", "svn+ssh://jane@example.org/srv/svn/app"],
  ["svn", "http://[::1]:80/svn"],
] as const)("%s reads from %s", (kind, url) => {
  const address = parseAddress(kind, url);
  expect(address.url).toBe(url.replace(/^file:\/\/(?=\/srv\/app$)/, ""));
  expect(address.shown).not.toContain("token");
});

it.each([
  ["git", ""],
  ["git", "--upload-pack=touch /tmp/x"],
  ["git", "-oProxyCommand=x"],
  ["git", "ext::sh -c x"],
  ["git", "fd::17"],
  ["git", "foo::https://example.org/x"],
  ["git", "git://example.org/x"],
  ["git", "ftp://example.org/x"],
  ["git", "HTTPS+evil://example.org/x"],
  ["git", "ssh://-oProxyCommand=x/y"],
  ["git", "ssh://-oProxyCommand=x@example.org/y"],
  ["git", "ssh://example.org/-y"],
  ["git", "-git@example.org:x"],
  ["git", "git@-oProxyCommand=x:y"],
  ["git", "git@example.org:-y"],
  ["git", "example.org:22:x"],
  ["git", "https://example.org/x%0a/y"],
  ["git", "https://example.org/x\n/y"],
  ["git", "https://example.org/a b"],
  ["git", "https://example.org/x#main"],
  ["git", "https://example.org/%zz"],
  ["git", "\\\\server\\share"],
  ["git", "relative/path"],
  ["git", "../up"],
  ["git", "/srv/../etc"],
  ["git", "file://server/share"],
  ["git", `https://example.org/${"x".repeat(2048)}`],
  ["hg", "bundle:/srv/x.hg"],
  ["hg", "union:/srv/a+/srv/b"],
  ["hg", "git@example.org:x"],
  ["hg", "/srv/app#branch"],
  ["hg", "/srv/$HOME"],
  ["svn", "svn+evil://example.org/x"],
  ["svn", "svn://-oProxyCommand=x/y"],
] as const)("%s reads nothing from %j", async (kind, url) => {
  const error = await thrown(() => parseAddress(kind, url));
  expect(error).toMatchObject({ code: "VCS_BAD_URL", exitCode: 2 });
});

it("keeps a password out of what it says", async () => {
  const error = await thrown(() => parseAddress("git", "ftp://user:secret@example.org/x"));
  expect(error.message).not.toContain("secret");
});

it.each(["../up", "a/../b", "/etc", "a//b", "-x", "a/-x", "a/.git", ".hg/x", "a:b", "a\nb", "a\\b", "./.."])(
  "takes %j for no folder of a repository",
  async (path) => {
    expect((await thrown(() => scopePath({ path }))).code).toBe("VCS_BAD_PATH");
  },
);

it("takes a folder in any usual spelling", () => {
  expect(["services/api", "services/api/", "./services/api"].map((path) => scopePath({ path }))).toEqual(
    Array.from({ length: 3 }, () => "services/api"),
  );
  expect([{}, { path: "" }, { path: "." }, { path: "./" }].map(scopePath)).toEqual(["", "", "", ""]);
});

it("knows the data of tools in every spelling that a file system may read as it", () => {
  const data = [
    ".git",
    ".GIT",
    ".g\u200cit",
    ".git ",
    ".git.",
    ".git::$INDEX_ALLOCATION",
    "git~1",
    ".hg",
    ".Svn",
  ];
  expect(data.filter((name) => !isToolData(name))).toEqual([]);
  expect([".gitignore", ".git-blame", "git", "x.git", ".hgignore"].filter(isToolData)).toEqual([]);
});

it("makes one harmless line of any text", () => {
  expect(oneLine(" a\r\n\tb\u0000\u001b[1m\u202ec\u2028d ")).toBe("a b [1m c d");
  expect(oneLine("x".repeat(900)).length).toBe(500);
});
