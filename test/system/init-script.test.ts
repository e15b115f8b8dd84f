import { describe, expect, it } from "vitest";
import type { ServicePlan } from "../../src/plan/system-types.ts";
import { renderInitScript } from "../../src/system/init-script.ts";
import { expectSoundShell } from "../helpers/sound-shell.ts";
import { helloPlan, servicePlan, SYSTEM_PLANS } from "../helpers/system-plans.ts";

const scripts = Object.entries(SYSTEM_PLANS).flatMap(([name, plan]) =>
  plan.services
    .filter(({ init }) => init.includes("sysv"))
    .map((service) => [name, service.unit, renderInitScript(plan, service)] as const),
);

describe("renderInitScript", () => {
  it.each(scripts)("gives sound shell for %s/%s", (_plan, _unit, text) => {
    // SC2016: "$HOME" is a word of a command that no shell expands.
    expectSoundShell(text, ["SC2016"]);
  });

  it.each(["it's", "$(touch /tmp/x)", "`x`", 'a"b', "a\\", "{instance}'; x; '", "%i"])(
    "quotes %j wherever it is",
    (value) => {
      const service = servicePlan({
        init: ["sysv"],
        command: ["/bin/true", value],
        description: value,
        environment: { VALUE: value },
        instances: ["a"],
      });
      const text = renderInitScript(helloPlan(), service);
      expectSoundShell(text, ["SC2016", "SC1003"]);
      expect(text).not.toMatch(/^x;/m);
    },
  );

  it("reloads what can be reloaded, and restarts the rest", () => {
    expect(render({})).toContain("report 'Restarting' 'stop_service' 'start_service'");
    expect(render({ onUpgrade: "reload" })).toContain(`'/bin/sh' '-c' 'kill -HUP "$1"' 'sh' ''"$pid"''`);
    expect(render({ reloadCommand: ["/bin/kill", "-USR2", "{pid}"] })).toContain(
      "report 'Reloading' 'reload_service'",
    );
  });
});

function render(changes: Partial<ServicePlan>): string {
  return renderInitScript(helloPlan(), servicePlan({ init: ["sysv"], ...changes }));
}
