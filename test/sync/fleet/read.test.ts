import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFleet } from "../../../src/sync/fleet/read.ts";
import { renderFleetStarter } from "../../../src/sync/fleet/starter.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";

const SMALL = `[repository]
url = "./apt"
[[source]]
git = "https://git.example.com/shop/billing.git"
branches = { main = "testing" }
`;

async function fleetOf(text: string) {
  const folder = await tempFiles({ "fleet.toml": text });
  return { folder, fleet: await readFleet("fleet.toml", folder) };
}

describe("a fleet file", () => {
  it("gives each source what stands in [defaults], and what nobody says", async () => {
    const { folder, fleet } = await fleetOf(`[repository]
url = "apt"
retention = { versions = 3 }
[build]
sandbox = "required"
minutes = 30
disk = 100
shared-cache = "../layers"
[defaults]
targets = ["debian:bookworm/amd64"]
branches = { main = "testing", "release/*" = "staging/extra" }
tags = { "v*" = "stable" }
[[source]]
git = "../billing"
[[source]]
hg = "https://hg.example.com/shop/"
path = "./services//mailer/"
targets = ["debian:bookworm/amd64", "debian:trixie/arm64"]
revision = "1~{codename}"
newest-tags = 2
version = "project"
compression = "zstd"
tags = {}
`);
    expect(fleet).toEqual({
      file: join(folder, "fleet.toml"),
      repository: { url: join(folder, "apt"), retention: { versions: 3 } },
      build: {
        sandbox: "required",
        limits: { seconds: 1800, memory: 4096 * 2 ** 20, disk: 100 * 2 ** 20, processes: 2048 },
        sharedCache: join(folder, "../layers"),
      },
      sources: [
        {
          name: "billing",
          kind: "git",
          url: join(folder, "../billing"),
          targets: ["debian:bookworm/amd64"],
          branches: [
            { pattern: "main", suite: "testing" },
            { pattern: "release/*", suite: "staging/extra" },
          ],
          tags: [{ pattern: "v*", suite: "stable" }],
          newestTags: 1,
          version: "history",
          revision: "1",
        },
        {
          name: "shop-mailer",
          kind: "hg",
          url: "https://hg.example.com/shop/",
          path: "services/mailer",
          targets: ["debian:bookworm/amd64", "debian:trixie/arm64"],
          branches: [
            { pattern: "main", suite: "testing" },
            { pattern: "release/*", suite: "staging/extra" },
          ],
          tags: [],
          newestTags: 2,
          version: "project",
          revision: "1~{codename}",
          compression: "zstd",
        },
      ],
    });
  });

  it.each([
    ["git@git.example.com:shop/billing.git", "git@git.example.com:shop/billing.git", "billing"],
    ["ssh://git.example.com/~/über x.git", "ssh://git.example.com/~/über x.git", "-ber-x"],
    ["/srv/git/billing.git/", "/srv/git/billing.git", "billing"],
  ])("takes the URL %s as %s and calls it %s", async (typed, url, name) => {
    const { fleet } = await fleetOf(SMALL.replace(/https:[^"]*/, typed));
    expect(fleet.sources[0]).toMatchObject({ url, name });
  });

  it.each(["s3://builds/layers", "https://cache.example.com/layers", "/mnt/layers"])(
    "takes the shared cache %s",
    async (sharedCache) => {
      const { fleet } = await fleetOf(`${SMALL}[build]\nshared-cache = "${sharedCache}"\n`);
      expect(fleet.build.sharedCache).toBe(sharedCache);
    },
  );

  it.each(["ftp://cache.example.com/", "https://me:secret@cache.example.com/", "https://x/?a=b"])(
    "refuses the shared cache %s",
    async (sharedCache) => {
      const text = `${SMALL}[build]\nshared-cache = "${sharedCache}"\n`;
      expect(await thrown(async () => fleetOf(text))).toMatchObject({ code: "CONFIG_INVALID" });
    },
  );

  it("that the starter writes is right", async () => {
    const { fleet } = await fleetOf(renderFleetStarter());
    expect(fleet.sources).toHaveLength(1);
  });

  it("shows all its mistakes at once, with place, what was found and what is wanted", async () => {
    const folder = await tempFiles({
      "fleet.toml": `[repositry]
[repository]
url = ""
[defaults]
target = ["debian:bookworm/amd64"]
newest-tags = 0
[[source]]
git = "--upload-pack=touch /tmp/x"
branches = { "-x" = "testing" }
[[source]]
git = "ext::sh -c id"
path = "../x"
[[source]]
git = "https://me:secret@git.example.com/x"
version = "histroy"
tags = { "v*" = "sta ble" }
`,
    });
    const { code, message, exitCode } = await thrown(async () => readFleet("fleet.toml", folder));
    expect([code, exitCode]).toEqual(["CONFIG_INVALID", 2]);
    const lines = message
      .split("\n")
      .slice(1)
      .map((line) => line.trim().replace(`${folder}/fleet.toml:`, ""));
    const url =
      "a URL without a password, or a path (credentials come from your git, hg or svn, ssh keys or credential helpers)";
    expect(lines).toEqual([
      '1:2: repositry: unknown setting (did you mean "repository"?)',
      '3:7: repository.url: found "", wanted one line of text',
      '5:1: defaults.target: unknown setting (did you mean "targets"?)',
      "6:15: defaults.newest-tags: found 0, wanted 1 or more",
      `8:7: source[0].git: found "--upload-pack=touch /tmp/x", wanted ${url}`,
      '9:14: source[0].branches.-x: found "-x", wanted a name of a branch or tag, in which * and ? stand for other letters',
      `11:7: source[1].git: found "ext::sh -c id", wanted ${url}`,
      '12:8: source[1].path: found "../x", wanted a path inside the project, without a leading "/" and without ".."',
      `14:7: source[2].git: found "https://me:secret@git.example.com/x", wanted ${url}`,
      '15:11: source[2].version: found "histroy", wanted "history" or "project" (did you mean "history"?)',
      '16:17: source[2].tags."v*": found "sta ble", wanted a suite such as "stable", "stable/main" or "{codename}-stable"',
    ]);
  });

  it("says what only the whole shows to be wrong", async () => {
    const folder = await tempFiles({
      "fleet.toml": `[repository]
url = "apt"
[[source]]
branches = { main = "testing" }
[[source]]
git = "a"
svn = "b"
[[source]]
git = "x/a"
tags = { "v*" = "stable" }
targets = ["debian:bookworm/amd64", "debian:trixie/amd64"]
`,
    });
    const { message } = await thrown(async () => readFleet("fleet.toml", folder));
    expect(message.replaceAll(`${folder}/fleet.toml:`, "").split("\n").slice(1)).toEqual([
      "  3:3: source[0]: no repository, wanted git, hg or svn",
      '  5:3: source[1]: nothing is built, wanted branches = { main = "testing" } or tags',
      '  7:7: source[1].svn: wanted one of git, hg and svn, and "git" is given too',
      '  8:3: source[2].revision: "1" is the same for debian:bookworm and debian:trixie, wanted {codename} in it, such as "1~{codename}"',
      '  8:3: source[2].name: "a" is the name of another source too, wanted a name of its own',
    ]);
  });

  it("that is missing, or no TOML, is told", async () => {
    const folder = await tempFiles({ "bad.toml": "[repository" });
    expect(await thrown(async () => readFleet("none.toml", folder))).toMatchObject({
      code: "SYNC_NO_FLEET",
      exitCode: 2,
      hint: expect.stringContaining("init --fleet"),
    });
    expect(await thrown(async () => readFleet("bad.toml", folder))).toMatchObject({ code: "CONFIG_INVALID" });
  });
});
