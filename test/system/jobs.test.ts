import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PackageEntry } from "../../src/deb/entry.ts";
import { renderSystem } from "../../src/system/system.ts";
import { scratchFolder } from "../helpers/system-deb.ts";
import { helloPlan, service, SYSTEM_PLANS } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

const plan = SYSTEM_PLANS["jobs"] ?? helloPlan();
const entries = renderSystem(plan, { libraries: [] }).entries;

describe("the jobs of a package", () => {
  it("are lines that Debian's cron takes, in files whose names it reads, and conffiles", () => {
    const files = entries.filter(({ path }) => path.startsWith("etc/cron.d/"));
    expect(files.map(({ path }) => path)).toEqual(["etc/cron.d/hello-clean-up", "etc/cron.d/hello-root"]);
    for (const file of files) {
      expect(file).toMatchObject({ mode: 0o644, conffile: true });
      // A crontab of a user has the same form without the user.
      const own = textOf(file).replaceAll(/^((?:\S+ ){5}|@\w+ )(?:hello|root) \[/gm, "$1[");
      const { status, stderr } = spawnSync("crontab", ["-n", "-"], { input: own, encoding: "utf8" });
      expect(status, stderr).toBe(0);
      expect(own.endsWith("\n")).toBe(true);
    }
  });

  it("of a package with a dot in its name are in files that cron does not skip", () => {
    const job = { schedule: "@daily", command: ["x"], environment: {}, timer: false };
    const dotted = helloPlan({ name: "hello.web+x", jobs: { a: job } });
    expect(dotted.jobs.map(({ name }) => name)).toEqual(["hello_web_x-a"]);
  });

  it("are timers and services that systemd takes", () => {
    const folder = scratchFolder();
    const units = entries.filter(({ path }) => path.startsWith("usr/lib/systemd/system/hello-report"));
    expect(units.map(({ path }) => path.replace(/.*\//, ""))).toEqual([
      "hello-report.service",
      "hello-report.timer",
    ]);
    for (const unit of units)
      writeFileSync(
        join(folder, unit.path.replace(/.*\//, "")),
        textOf(unit).replaceAll("/opt/hello/bin/hello", "/bin/true").replaceAll("User=hello", "User=root"),
      );
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", join(folder, "hello-report.timer")], {
      encoding: "utf8",
    });
    expect(stderr.split("\n").filter((line) => line.includes("hello-report"))).toEqual([]);
    expect(status).toBe(0);
  });

  it("need cron when they are lines, and no cron when they are timers", () => {
    expect(renderSystem(plan, { libraries: [] }).relations.depends).toContain("cron | cron-daemon");
    const timer = { schedule: "@daily", command: ["x"], environment: {}, timer: true };
    expect(renderSystem(helloPlan({ jobs: { a: timer } }), { libraries: [] }).relations.depends).toEqual([
      "adduser",
    ]);
  });
});

describe("the rotations of a package", () => {
  it("are what logrotate reads, with its patterns", () => {
    const folder = scratchFolder();
    for (const file of entries.filter(({ path }) => path.startsWith("etc/logrotate.d/"))) {
      const path = join(folder, file.path);
      mkdirSync(dirname(path), { recursive: true });
      // Accounts of the package are not here.
      writeFileSync(path, textOf(file).replaceAll("hello hello", "root root"), { mode: 0o644 });
      const { status, stdout, stderr } = spawnSync("logrotate", ["--debug", path], { encoding: "utf8" });
      expect(status, stderr).toBe(0);
      expect(`${stdout}${stderr}`).not.toMatch(/error:/);
      expect(`${stdout}${stderr}`).toMatch(/rotating pattern: "\/var\/log\/hello/);
    }
  });
});

describe("the folders of a package", () => {
  it("below /run are what systemd-tmpfiles makes", () => {
    const file = entries.find(({ path }) => path === "usr/lib/tmpfiles.d/hello.conf");
    const root = scratchFolder();
    mkdirSync(join(root, "etc"));
    writeFileSync(join(root, "etc/passwd"), "hello:x:4711:4712::/:/bin/sh\n");
    writeFileSync(join(root, "etc/group"), "hello:x:4712:\n");
    writeFileSync(join(root, "hello.conf"), file === undefined ? "" : textOf(file));
    execFileSync("systemd-tmpfiles", [`--root=${root}`, "--create", join(root, "hello.conf")]);
    const what = execFileSync("stat", ["--format", "%u:%g %a", join(root, "run/hello")], {
      encoding: "utf8",
    });
    expect(what).toBe("4711:4712 755\n");
  });

  it("belong to root below /etc and to the package's user below /var, unless they say otherwise", () => {
    expect(plan.directories.map(({ path, owner }) => `${path} ${owner.user}:${owner.group}`)).toEqual([
      "/etc/hello/conf.d root:root",
      "/run/hello hello:hello",
      "/var/lib/hello hello:hello",
      "/var/lib/hello/uploads hello:www-data",
    ]);
  });
});

describe("the drop-in that opens folders to a service", () => {
  it.each([
    ["hello.service", service()],
    ["hello@.service", service({ instances: ["a", "b"] })],
    [undefined, service({ init: ["sysv"] })],
  ])("is below %s", (unit, described) => {
    const directories = [{ path: "/var/lib/hello", mode: 0o750, purge: true }];
    const opened = helloPlan({ services: { hello: described }, directories });
    const paths = renderSystem(opened, { libraries: [] }).entries.map(({ path }) => path);
    const dropIns = paths.filter((path) => path.includes(".d/directories.conf"));
    expect(dropIns).toEqual(unit === undefined ? [] : [`usr/lib/systemd/system/${unit}.d/directories.conf`]);
  });
});

describe("the operator's command", () => {
  const ctl = entries.find(({ path }) => path === "usr/bin/hello-ctl");

  it.each(Object.entries(SYSTEM_PLANS))("of the package %s is sound shell", (_name, other) => {
    const file = renderSystem(other, { libraries: [] }).entries.find(
      ({ path }) => path === "usr/bin/hello-ctl",
    );
    if (file === undefined) return expect(other.operatorCommand).toBe(false);
    for (const [program = "", ...args] of [
      ["dash", "-n"],
      ["shellcheck", "--shell=sh", "-"],
    ]) {
      const { status, stdout, stderr } = spawnSync(program, args, { input: textOf(file), encoding: "utf8" });
      expect(status, `${stdout}${stderr}`).toBe(0);
    }
    return undefined;
  });

  it.each([
    ["--help", 0, "Usage: hello-ctl COMMAND"],
    ["", 0, "Usage: hello-ctl COMMAND"],
    ["statsu", 2, "hello: there is no statsu. See: hello-ctl --help"],
    ["run", 2, "hello: run needs a command. See: hello-ctl --help"],
  ])("says what it can: %j", (args, status, message) => {
    const words = args === "" ? [] : [args];
    const done = spawnSync("dash", ["-s", "--", ...words], { input: ctl && textOf(ctl), encoding: "utf8" });
    expect(done.status).toBe(status);
    expect(`${done.stdout}${done.stderr}`).toContain(message);
  });

  it.each([["links", { links: { "/usr/bin/hello-ctl": "bin/hello" } }]] as const)(
    "is refused when %s has its place",
    async (_setting, config) => {
      const error = await thrown(() => renderSystem(helloPlan(config), { libraries: [] }));
      expect(error.code).toBe("SYSTEM_COMMAND_TAKEN");
      expect(renderSystem(helloPlan({ ...config, operatorCommand: false }), { libraries: [] })).toBeDefined();
    },
  );
});

function textOf(entry: PackageEntry): string {
  return entry.kind === "data" ? Buffer.from(entry.data).toString() : "";
}
