import type { PackagePlan } from "../plan/types.ts";
import type { ServicePlan } from "../plan/system-types.ts";
import { requirePath } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { unlessSystemd } from "./service-sysv.ts";
import { instancesOf, isStartedBy } from "./service-instances.ts";
import type { Fragment, SystemFacts, SystemPart } from "./types.ts";

/**
 * After a change of the interpreter or of a library: a self-check of the environment, then the running services
 * are restarted. `interest-noawait` only: an awaited trigger on a file of a dependency makes a cycle that dpkg
 * gives up on. `/usr/bin/python3.X` alone stands for the standard library too, since Debian's python3.X depends on
 * exactly its own version of it; the folder would fire for every module package put there.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeTriggers(plan: PackagePlan, facts: SystemFacts): SystemPart {
  if (!plan.hasEnvironment) return { entries: [], fragments: {} };
  const paths = [plan.target.python.path, ...facts.libraries].flatMap(spellings);
  const names = [...new Set(paths)];
  return {
    entries: [],
    fragments: { postinst: [afterChange(plan, names)] },
    triggers: names.map((path) => `interest-noawait ${path}`),
  };
}

/** dpkg compares the text of paths, and /usr is merged on some releases only. */
function spellings(path: string): string[] {
  const absolute = requirePath(path);
  if (/\s/.test(absolute)) return [];
  if (/^\/usr\/lib[^/]*\//.test(absolute)) return [absolute, absolute.slice("/usr".length)];
  return /^\/lib[^/]*\//.test(absolute) ? [absolute, `/usr${absolute}`] : [absolute];
}

function afterChange(plan: PackagePlan, names: readonly string[]): Fragment {
  const {
    package: { name },
    stablePath,
    target: { python },
    services,
  } = plan;
  const restarts = services.map((service) => restart(name, service));
  return {
    origin: `trigger on ${python.path} and on libraries of other packages`,
    text: renderTemplate("maintainer-scripts/triggered.postinst.sh.liquid", {
      names,
      interpreter: python.path,
      python: `${stablePath}/bin/python${python.minor}`,
      path: stablePath,
      code: "import os, random, socket, ssl, subprocess, sys, zlib; sys.exit(sys.prefix != sys.argv[1])",
      missing: `${name}: ${python.path} is not there any more, so ${name} cannot start again. Install python${python.minor}, or a ${name} that was built for this release.`,
      broken: `${name}: Python does not work in ${stablePath} after an upgrade; its services were left as they are. Python says:`,
      restarts: restarts.join("") || renderTemplate("maintainer-scripts/triggered-nothing.sh.liquid", {}),
    }),
  };
}

function restart(name: string, service: ServicePlan): string {
  const units = isStartedBy(service, "systemd") ? instancesOf(service) : [];
  const scripts = isStartedBy(service, "sysv") ? [service.unit] : [];
  return [
    ...units.map((instance) => restartUnit(name, service, `${instance.name}.service`)),
    ...scripts.map((script) => unlessSystemd(service, restartScript(name, service, script))),
  ].join("");
}

function restartUnit(name: string, service: ServicePlan, unit: string): string {
  if (service.onUpgrade === "leave") {
    const notice = `${name}: Python or a library was upgraded; ${unit} uses the old one until: systemctl restart ${unit}`;
    return renderTemplate("maintainer-scripts/triggered-leave.sh.liquid", { unit, notice });
  }
  const warning = `${name}: ${unit} did not restart. It says why in: journalctl -u ${unit}`;
  return renderTemplate("maintainer-scripts/triggered-restart.sh.liquid", { unit, warning });
}

function restartScript(name: string, service: ServicePlan, script: string): string {
  if (service.onUpgrade === "leave") {
    const notice = `${name}: Python or a library was upgraded; ${script} uses the old one until: service ${script} restart`;
    return renderTemplate("maintainer-scripts/triggered-leave-sysv.sh.liquid", { script, notice });
  }
  const warning = `${name}: ${script} did not restart. It may say why in: /var/log/${script}.log`;
  return renderTemplate("maintainer-scripts/triggered-restart-sysv.sh.liquid", { script, warning });
}
