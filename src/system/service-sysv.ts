import type { PackagePlan } from "../plan/types.ts";
import type { ServicePlan } from "../plan/system-types.ts";
import { renderInitScript } from "./init-script.ts";
import { renderTemplate } from "./render-template.ts";
import { isStartedBy } from "./service-instances.ts";
import { isEverStarted, message, notStarted, serviceFragment, startActions } from "./service-texts.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * A script in /etc/init.d for each service that asks for one, by update-rc.d and invoke-rc.d only. It is a
 * configuration file that outlives a removal, not executable meanwhile; its links go with the purge (Policy 9.3.3).
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeInitScripts(plan: PackagePlan): SystemPart {
  const services = plan.services.filter((service) => isStartedBy(service, "sysv"));
  if (services.length === 0) return { entries: [], fragments: {} };
  const each = (make: (plan: PackagePlan, service: ServicePlan) => Fragment[]) =>
    services.flatMap((service) => make(plan, service));
  const eachUnlessSystemd = (make: typeof start) =>
    services.flatMap((service) =>
      make(plan, service).map(({ origin, text }) => ({ origin, text: unlessSystemd(service, text) })),
    );
  return {
    entries: services.map((service) => ({
      kind: "data",
      path: `etc/init.d/${service.unit}`,
      mode: 0o755,
      data: Buffer.from(renderInitScript(plan, service)),
      conffile: true,
    })),
    ...(LSB_BASE.has(plan.target.codename) ? { relations: { depends: ["lsb-base"] } } : {}),
    fragments: {
      preinst: each((_plan, service) => [
        serviceFragment(service, "sysv-on.preinst", { script: service.unit }),
      ]),
      postinst: [...each(enable), functions(), ...eachUnlessSystemd(start)],
      prerm: eachUnlessSystemd(stop),
      postrm: each((_plan, service) => [
        serviceFragment(service, "sysv-off.postrm", { script: service.unit }),
      ]),
    },
  };
}

/** Lines for a service's script that must not run beside its unit. */
export function unlessSystemd(service: ServicePlan, text: string): string {
  return isStartedBy(service, "systemd")
    ? renderTemplate("maintainer-scripts/unless-systemd.sh.liquid", { text })
    : text;
}

/** Releases whose essential packages have no /lib/lsb/init-functions. */
const LSB_BASE = new Set(["buster", "bullseye", "bionic", "focal", "jammy"]);

function functions(): Fragment {
  return {
    origin: "init scripts of the services",
    text: renderTemplate("maintainer-scripts/sysv.postinst.sh.liquid", {}),
  };
}

function enable(plan: PackagePlan, service: ServicePlan): Fragment[] {
  const script = service.unit;
  return [
    serviceFragment(service, "sysv-enable.postinst", {
      script,
      links: service.enable ? "defaults" : "defaults-disabled",
      warning: message(
        plan,
        `${script} is not started when the machine starts. Try: update-rc.d ${script} defaults`,
      ),
    }),
  ];
}

function start(plan: PackagePlan, service: ServicePlan): Fragment[] {
  if (!isEverStarted(service)) return [];
  return [
    serviceFragment(service, "sysv-start.postinst", {
      script: service.unit,
      ...startActions(service),
      policy: service.onStartFailure,
      warning: message(
        plan,
        `${service.unit} ${notStarted(service)}. It may say why in: /var/log/${service.unit}.log`,
      ),
    }),
  ];
}

function stop(plan: PackagePlan, service: ServicePlan): Fragment[] {
  const script = service.unit;
  const warning = message(plan, `${script} did not stop. Look at: service ${script} status`);
  const templates = ["sysv-stop.prerm", ...(service.onUpgrade === "stop" ? ["sysv-stop-upgrade.prerm"] : [])];
  return templates.map((template) => serviceFragment(service, template, { script, warning }));
}
