import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PackagePlan } from "../../src/plan/types.ts";
import { renderUnit } from "../../src/system/service-unit.ts";
import { renderSystem } from "../../src/system/system.ts";
import { scratchFolder } from "../helpers/system-deb.ts";
import { helloPlan, service, servicePlan, SYSTEM_PLANS } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

const plans = Object.entries(SYSTEM_PLANS).filter(([, plan]) =>
  plan.services.some(({ init }) => init.includes("systemd")),
);

describe("the units", () => {
  it.each(plans)("of the package %s are such that systemd finds nothing wrong with them", (_name, plan) => {
    const units = writeUnits(plan);
    expect(units.length).toBeGreaterThan(0);
    expect(analyze("verify", units)).toEqual({ status: 0, output: "" });
  });

  it("confine a service of a user of its own", () => {
    expect(exposure(helloPlan({ services: { hello: service({ user: "daemon" }) } }))).toBeLessThan(3.5);
  });

  it("do not confine one that asks for that", () => {
    const open = service({ user: "daemon", hardening: false });
    expect(exposure(helloPlan({ services: { hello: open } }))).toBeGreaterThan(9);
  });
});

describe("renderUnit", () => {
  it("leaves root its capabilities, and shows a home folder to a service that works there", () => {
    expect(renderUnit({ ...WEB, user: "root" })).not.toContain("CapabilityBoundingSet");
    expect(renderUnit(WEB)).toContain("CapabilityBoundingSet=\n");
    expect(renderUnit(WEB)).toContain("ProtectHome=yes\n");
    expect(renderUnit({ ...WEB, workingDirectory: "/home/hello" })).toContain("ProtectHome=read-only\n");
  });

  it("lets the settings change what a service is kept from, and drop all of it", () => {
    const changed = renderUnit({ ...WEB, hardening: { PrivateTmp: "no", ReadWritePaths: "/srv/100%" } });
    expect(changed).toMatch(/^PrivateTmp=no\n/m);
    expect(changed).not.toContain("PrivateTmp=yes");
    expect(changed).toMatch(/^ReadWritePaths=\/srv\/100%%\n/m);
    expect(renderUnit({ ...WEB, hardening: false })).not.toContain("Protect");
  });

  it("knows {instance} only where there are instances", () => {
    const command = ["/bin/echo", "{instance}%i"];
    expect(renderUnit({ ...WEB, command })).toContain('ExecStart=/bin/echo "{instance}%%i"\n');
    expect(renderUnit({ ...WEB, command, instances: ["a"] })).toContain('ExecStart=/bin/echo "%i%%i"\n');
  });

  it.each([
    { user: "0day" },
    { user: "a b" },
    { group: "" },
    { stateDirectory: "../x" },
    { stateDirectory: "private" },
    { stateDirectory: "private/x" },
    { logsDirectory: "/var/log" },
    { cacheDirectory: "a/./b" },
    { runtimeDirectory: "a b" },
    { workingDirectory: "relative" },
    { environmentFile: "/etc/../x" },
  ])("refuses %j", async (changes) => {
    const error = await thrown(() => renderUnit({ ...WEB, ...changes }));
    expect(error).toMatchObject({ code: "SYSTEM_BAD_NAME", exitCode: 2 });
  });
});

const WEB = servicePlan();

/** Writes a package's units, links too, into a folder; systemd-analyze looks for their programs, so these are there. */
function writeUnits(plan: PackagePlan): string[] {
  const folder = scratchFolder();
  const { services, jobs } = plan;
  const { entries } = renderSystem(
    { ...plan, services: services.map(runnable), jobs: jobs.map(runnable) },
    { libraries: [] },
  );
  return (
    entries
      .filter(({ path }) => dirname(path) === "usr/lib/systemd/system")
      // A masked name is no unit.
      .filter((entry) => entry.kind !== "symlink" || entry.target !== "/dev/null")
      .map((entry) => {
        const path = join(folder, basename(entry.path));
        mkdirSync(folder, { recursive: true });
        if (entry.kind === "data") writeFileSync(path, entry.data);
        if (entry.kind === "symlink") symlinkSync(entry.target, path);
        return path;
      })
  );
}

function runnable<T extends { readonly command: readonly string[] }>(one: T): T {
  return { ...one, command: ["/bin/true", ...one.command.slice(1)] };
}

function exposure(plan: PackagePlan): number {
  const { output } = analyze("security", writeUnits(plan), ["--offline=true", "--no-pager"]);
  return Number(/exposure level for \S+: ([\d.]+)/.exec(output)?.[1]);
}

function analyze(verb: string, units: readonly string[], options: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", [verb, ...options, ...units], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  return { status, output: `${stdout}${stderr}` };
}
