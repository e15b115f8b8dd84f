import { describe, expect, it } from "vitest";
import type { PackageEntry } from "../../src/deb/entry.ts";
import type { PackagePlan } from "../../src/plan/types.ts";
import type { Migration, PreviousPackage } from "../../src/plan/previous-types.ts";
import { planMigrations } from "../../src/versions/migrations/plan.ts";
import { readPrevious } from "../../src/versions/previous.ts";
import { dataEntry, linkEntry } from "../helpers/deb-contents.ts";
import { dpkgDeb } from "../helpers/dpkg-deb.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { helloPlan } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

const identity = helloPlan({ version: "2.0.0" }).package;

describe("readPrevious", () => {
  it("takes a package of any tool to plain facts", async () => {
    const deb = dpkgDeb({
      tree: { "etc/x": "x\n", "opt/hello/a": "a", "opt/hello/l": { link: "a" }, "opt/d": { folder: true } },
    });
    const previous = await readPrevious(deb, identity, recordingReporter());
    expect(JSON.parse(JSON.stringify(previous))).toEqual({
      name: "hello",
      version: "1.0-1",
      conffiles: { "etc/x": "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac" },
      files: expect.arrayContaining(["etc/x", "opt/hello/a"]),
      directories: expect.arrayContaining(["etc", "opt", "opt/hello", "opt/d"]),
      symlinks: { "opt/hello/l": "a" },
      devices: [],
      migrations: [],
    });
  });

  it("refuses a package of another name", async () => {
    const deb = dpkgDeb({ name: "other", tree: {} });
    const error = await thrown(() => readPrevious(deb, identity, recordingReporter()));
    expect(error).toMatchObject({ code: "PLAN_PREVIOUS_OTHER", exitCode: 2 });
    expect(error.message).toContain("it is other (wanted: an older hello)");
  });

  it.each([
    ["3.0-1", "is older than the previous package"],
    ["2.0.0-1", "has the version of the previous package"],
  ])("warns of the previous version %s, to which apt does not upgrade", async (version, warning) => {
    const reporter = recordingReporter();
    await readPrevious(dpkgDeb({ version, tree: {} }), identity, reporter);
    expect(reporter.takeWarnings()).toMatchObject([{ message: expect.stringContaining(warning) }]);
  });
});

const BEFORE: PreviousPackage = {
  name: "hello",
  version: "1.0-1",
  conffiles: {},
  files: [],
  directories: [],
  symlinks: {},
  devices: [],
  migrations: [],
};

/** SHA-256 of `x\n`. */
const X = "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac";

function plan(
  previous: Partial<PreviousPackage>,
  renames: Readonly<Record<string, string>> = {},
): PackagePlan {
  return { ...helloPlan({ version: "2.0.0", renames }), previous: { ...BEFORE, ...previous } };
}

describe("planMigrations", () => {
  const through = "2.0.0-1~";
  const was = "1.0-1~";
  const cases: readonly [
    name: string,
    plan: PackagePlan,
    entries: readonly PackageEntry[],
    migrations: readonly Migration[],
  ][] = [
    ["does nothing without a previous package", helloPlan(), [dataEntry("etc/x")], []],
    [
      "drops a conffile whose content stands at two new paths",
      plan({ conffiles: { "etc/x": X } }),
      [dataEntry("etc/a", "x\n"), dataEntry("etc/b", "x\n")],
      [{ kind: "rm_conffile", path: "/etc/x", through }],
    ],
    [
      "drops two of one content, of which none is the renamed one",
      plan({ conffiles: { "etc/x": X, "etc/y": X } }),
      [dataEntry("etc/a", "x\n")],
      [
        { kind: "rm_conffile", path: "/etc/x", through },
        { kind: "rm_conffile", path: "/etc/y", through },
      ],
    ],
    [
      "moves one whose content was renamed",
      plan({ conffiles: { "etc/x": X } }),
      [dataEntry("etc/a", "x\n")],
      [{ kind: "mv_conffile", path: "/etc/x", to: "/etc/a", through }],
    ],
    [
      "leaves a declared rename to the previous package that made it",
      plan(
        {
          conffiles: { "etc/a": X },
          migrations: [{ kind: "mv_conffile", path: "/etc/x", to: "/etc/a", through: was }],
        },
        { "/etc/x": "/etc/a" },
      ),
      [dataEntry("etc/a", "x\n")],
      [{ kind: "mv_conffile", path: "/etc/x", to: "/etc/a", through: was }],
    ],
    [
      "follows a rename of a renamed one",
      plan({
        conffiles: { "etc/a": X },
        migrations: [{ kind: "mv_conffile", path: "/etc/x", to: "/etc/a", through: was }],
      }),
      [dataEntry("etc/b", "x\n")],
      [
        { kind: "mv_conffile", path: "/etc/x", to: "/etc/b", through: was },
        { kind: "mv_conffile", path: "/etc/a", to: "/etc/b", through },
      ],
    ],
    [
      "drops the old path too when a renamed one is dropped",
      plan({
        conffiles: { "etc/a": X },
        migrations: [{ kind: "mv_conffile", path: "/etc/x", to: "/etc/a", through: was }],
      }),
      [],
      [
        { kind: "rm_conffile", path: "/etc/x", through: was },
        { kind: "rm_conffile", path: "/etc/a", through },
      ],
    ],
    [
      "forgets a dropped one that returns but for what was kept of it",
      plan({ migrations: [{ kind: "rm_conffile", path: "/etc/x", through: was }] }),
      [dataEntry("etc/x")],
      [{ kind: "returned_conffile", path: "/etc/x", through: was }],
    ],
    [
      "hands a link that became a directory on, while it is one",
      plan({
        directories: ["opt/a", "opt/b"],
        migrations: [
          { kind: "symlink_to_dir", path: "/opt/a", target: "/srv", becomes: "directory", through: was },
          { kind: "symlink_to_dir", path: "/opt/b", target: "/srv", becomes: "directory", through: was },
        ],
      }),
      [dataEntry("opt/a/x")],
      [{ kind: "symlink_to_dir", path: "/opt/a", target: "/srv", becomes: "directory", through: was }],
    ],
    [
      "hands a directory that became a link on, to where it leads now",
      plan({
        symlinks: { "opt/a": "old" },
        migrations: [{ kind: "dir_to_symlink", path: "/opt/a", target: "old", through: was }],
      }),
      [linkEntry("opt/a", "new")],
      [{ kind: "dir_to_symlink", path: "/opt/a", target: "new", through: was }],
    ],
    [
      "migrates from a previous package that is newer, by its version",
      plan({ version: "9.0-1", conffiles: { "etc/x": X } }),
      [],
      [{ kind: "rm_conffile", path: "/etc/x", through: "9.0-1" }],
    ],
  ];

  it.each(cases)("%s", (_name, given, entries, migrations) => {
    expect(planMigrations(given, entries)).toEqual(migrations);
  });

  it.each([
    ["the old path is still shipped", ["etc/x", "etc/y"], {}],
    ["the new path is not shipped", [], {}],
    ["the previous package has both", ["etc/y"], { "etc/x": X, "etc/y": X }],
  ] as const)("refuses a rename where %s", async (_name, paths, conffiles) => {
    const given = plan({ conffiles }, { "/etc/x": "/etc/y" });
    const error = await thrown(() =>
      planMigrations(
        given,
        paths.map((path) => dataEntry(path)),
      ),
    );
    expect(error).toMatchObject({ code: "PLAN_BAD_RENAME", exitCode: 2 });
  });
});
