import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ServicePlan } from "../../src/plan/types.ts";
import { renderUnit } from "../../src/system/service-unit.ts";
import { scratchFolder } from "../helpers/system-deb.ts";
import { SYSTEM_PLANS } from "../helpers/system-plans.ts";
import { thrown } from "../helpers/thrown.ts";

const services = Object.values(SYSTEM_PLANS).flatMap((plan) => plan.services);

describe("renderUnit", () => {
  it.each(services)("gives a unit that systemd finds nothing wrong with: $unit", (service) => {
    const { status, output } = analyze("verify", runnable(service));
    expect(output).toBe("");
    expect(status).toBe(0);
  });

  it("confines a service of a user of its own", () => {
    const { output } = analyze("security", runnable({ ...WEB, user: "daemon", group: "daemon" }), [
      "--offline=true",
      "--no-pager",
    ]);
    const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(output)?.[1]);
    expect(exposure).toBeLessThan(5.5);
  });

  it("leaves root its capabilities, and shows a home folder to a service that works there", () => {
    expect(renderUnit({ ...WEB, user: "root" })).not.toContain("CapabilityBoundingSet");
    expect(renderUnit(WEB)).toContain("CapabilityBoundingSet=\n");
    expect(renderUnit(WEB)).toContain("ProtectHome=yes\n");
    expect(renderUnit({ ...WEB, workingDirectory: "/home/hello" })).toContain("ProtectHome=read-only\n");
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

const WEB: ServicePlan = {
  unit: "hello",
  description: "hello",
  command: ["/bin/true"],
  user: "hello",
  group: "hello",
  environment: {},
  restart: "no",
  enable: true,
  start: true,
  onUpgrade: "restart",
};

/** systemd-analyze looks for the program too. */
function runnable(service: ServicePlan): string {
  const [, ...args] = service.command;
  return renderUnit({ ...service, command: ["/bin/true", ...args] });
}

function analyze(verb: string, unit: string, options: readonly string[] = []) {
  const path = join(scratchFolder(), "hello.service");
  writeFileSync(path, unit);
  const { status, stdout, stderr } = spawnSync("systemd-analyze", [verb, ...options, path], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  return { status, output: `${stdout}${stderr}` };
}
