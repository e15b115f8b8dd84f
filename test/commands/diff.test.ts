import { describe, expect, it } from "vitest";
import { cli } from "../helpers/cli.ts";
import { dpkgDeb, type WantedDeb } from "../helpers/dpkg-deb.ts";

const manifest = (
  version: string,
  distributions: readonly (readonly [name: string, version: string, files: number, sha256?: string])[],
  migrations: readonly object[] = [],
) =>
  JSON.stringify({
    manifestVersion: 1,
    tool: { name: "venvdeb", version: "0" },
    package: { name: "hello", version, architecture: "all" },
    target: { distribution: "debian", codename: "bookworm", architecture: "amd64", python: "3.11" },
    environmentPath: "/opt/hello",
    layers: distributions.map(([name, at, files, sha256]) => ({
      id: `dist:${name}`,
      mtime: 0,
      files,
      installedBytes: 0,
      distribution: { name, version: at, origin: "index", ...(sha256 === undefined ? {} : { sha256 }) },
    })),
    relations: [],
    ...(migrations.length === 0 ? {} : { migrations }),
  });

const OLD: WantedDeb = {
  version: "1.0-1",
  fields: "Depends: libc6 (>= 2.34), python3.11\n",
  tree: {
    "opt/hello/a-django.py": "django 4",
    "opt/hello/b-gone.py": "gone",
    "opt/hello/c-same.py": "same",
    "opt/hello/lib64": { link: "lib" },
    "usr/lib/systemd/system/hello.service": "[Service]\n",
    "usr/share/doc/hello/venvdeb.json": manifest("1.0-1", [
      ["django", "4.2.9", 1],
      ["gone", "1.0", 1],
      ["same", "1.0", 1, "aa"],
      ["sank", "2.0rc1", 0],
    ]),
    "etc/hello.conf": "a\n",
    "etc/hello.d/old.conf": "old\n",
  },
  control: { postinst: "#!/bin/sh\n", prerm: "#!/bin/sh\n" },
};

const NEW: WantedDeb = {
  version: "2.0-1",
  fields: "Depends: libc6 (>= 2.36), python3.11\nPre-Depends: dpkg (>= 1.17.14)\n",
  tree: {
    "opt/hello/a-django.py": "django 4.2.10",
    "opt/hello/c-same.py": "same",
    "opt/hello/lib64/x": "x",
    "usr/lib/systemd/system/hello.service": "[Service]\nType=exec\n",
    "usr/share/doc/hello/venvdeb.json": manifest(
      "2.0-1",
      [
        ["django", "4.2.10", 1],
        ["same", "1.0", 1, "bb"],
        ["sank", "2.0b3", 0],
        ["fresh", "0.1", 0],
      ],
      [{ kind: "rm_conffile", path: "/etc/hello.d/old.conf", through: "2.0-1~" }],
    ),
    "etc/hello.conf": "b\n",
  },
  control: { postinst: "#!/bin/sh\nexit 0\n", preinst: "#!/bin/sh\n" },
};

describe("venvdeb diff", () => {
  it("tells what an upgrade would do", async () => {
    const { exitCode, stdout, stderr } = await cli(["diff", dpkgDeb(OLD), dpkgDeb(NEW)]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^package +hello 1\.0-1 -> hello 2\.0-1 +\(upgrade\)$/m);
    expect(stdout).toMatch(/^ +HAZARD +\/opt\/hello\/lib64 +symlink becomes directory/m);
    expect(stdout).toMatch(/^ +handled +\/etc\/hello\.d\/old\.conf +the conffile is dropped/m);
    expect(stdout).toMatch(/^ +django +upgraded +4\.2\.9 -> 4\.2\.10$/m);
    expect(stdout).toMatch(/^ +gone +removed +1\.0$/m);
    expect(stdout).toMatch(/^ +fresh +added +0\.1$/m);
    expect(stdout).toMatch(/^ +same +rebuilt +1\.0$/m);
    expect(stdout).toMatch(/^ +sank +downgraded +2\.0rc1 -> 2\.0b3$/m);
    expect(stdout).toMatch(/^ +Depends +removed +libc6 \(>= 2\.34\)$/m);
    expect(stdout).toMatch(/^ +Depends +added +libc6 \(>= 2\.36\)$/m);
    expect(stdout).toMatch(/^ +Pre-Depends +added +dpkg \(>= 1\.17\.14\)$/m);
    expect(stdout).not.toContain("python3.11");
    expect(stdout).toMatch(
      /^Conffiles\n +changed +\/etc\/hello\.conf\n +removed +\/etc\/hello\.d\/old\.conf$/m,
    );
    expect(stdout).toMatch(/^ +changed +\/usr\/lib\/systemd\/system\/hello\.service$/m);
    expect(stdout).toMatch(/^Maintainer scripts\n +postinst +changed\n +preinst +added\n +prerm +removed$/m);
    // dpkg-deb orders the members in its own way, so which layer a file belongs to is another test's.
    expect(stdout).toMatch(
      /^Files by layer\n(?: +\S+ +\d+ added +\d+ removed +\d+ changed +[+-]\d+ B\n?)+$/m,
    );
    expect(stdout).not.toMatch(/^Files$/m);
  });

  it("lists files when asked, and gives everything as JSON", async () => {
    const [old, current] = [dpkgDeb(OLD), dpkgDeb(NEW)];
    const { stdout } = await cli(["diff", "--files", old, current]);
    expect(stdout).toMatch(/^Files\n(?: .*\n)* +removed +\/opt\/hello\/b-gone\.py$/m);
    const json = await cli(["diff", "--json", old, current]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      direction: "upgrade",
      old: { name: "hello", version: "1.0-1", architecture: "all" },
      hazards: [
        { path: "/etc/hello.d/old.conf", kind: "conffile-dropped", handled: true },
        { path: "/opt/hello/lib64", kind: "kind-change", handled: false },
      ],
    });
  });

  it("says nothing more of two equal packages", async () => {
    const deb = dpkgDeb(OLD);
    const { stdout } = await cli(["diff", deb, deb]);
    expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "package",
      "architecture",
      "packed",
      "installed",
      "files",
    ]);
    expect(stdout).toContain("(same version)");
  });

  it.each([
    ["directory becomes symlink", { "a/b/c": "x" }, { "a/b": { link: "c" } }, "/a/b", "kind-change"],
    ["file becomes directory", { "a/b": "x" }, { "a/b/c": "x" }, "/a/b", "kind-change"],
    ["becomes a plain file", { "etc/x": "x" }, { "etc/x": "y" }, "/etc/x", "conffile-forgotten"],
    ["becomes a conffile", { "srv/x": "x" }, { "srv/x": "y" }, "/srv/x", "conffile-asks"],
  ] as const)("warns when a %s", async (message, before, after, path, kind) => {
    const conffiles = kind === "conffile-asks" ? `${path}\n` : "";
    const old = dpkgDeb({ tree: before });
    const current = dpkgDeb({ version: "2", tree: after, control: { conffiles } });
    const { stdout } = await cli(["diff", "--json", old, current]);
    expect(JSON.parse(stdout)).toMatchObject({
      hazards: [{ path, kind, handled: false, message: expect.stringContaining(message) }],
    });
  });

  it("takes a migration of another tool for one", async () => {
    const old = dpkgDeb({ tree: { "a/b": { link: "/srv" } } });
    const preinst =
      '#!/bin/sh\ndpkg-maintscript-helper symlink_to_dir /a/b /srv 2~ hello -- "$@"\n# dpkg-maintscript-helper x /a/c\n';
    const current = dpkgDeb({ version: "2", tree: { "a/b/c": "x" }, control: { preinst } });
    const { stdout } = await cli(["diff", "--json", old, current]);
    expect(JSON.parse(stdout)).toMatchObject({ hazards: [{ path: "/a/b", handled: true }] });
  });

  it.each([
    [["one.deb"], "got 1 packages"],
    [["a", "b", "c"], "got 3 packages"],
  ])("wants two packages: %j", async (operands, problem) => {
    const { exitCode, stderr } = await cli(["diff", ...operands]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)]);
  });
});
