import type { PackageEntry } from "../deb/entry.ts";
import type { PackagePlan, ServicePlan } from "../plan/types.ts";
import { requireUnitName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { renderUnit } from "./service-unit.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * A systemd unit for each service, enabled, started and stopped as debhelper does it: by deb-systemd-helper and
 * deb-systemd-invoke only (init-system-helpers is essential), which respect the administrator's choice and policy-rc.d.
 * A service that does not start is reported and leaves the package configured.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeServices(plan: PackagePlan): SystemPart {
  if (plan.services.length === 0) return { entries: [], fragments: {} };
  const each = (make: (service: ServicePlan) => Fragment[]) => plan.services.flatMap(make);
  return {
    entries: [...plan.services.map((service) => unitEntry(plan, service)), ...environmentFile(plan)],
    fragments: {
      postinst: [
        ...each((service) => [enable(plan, service)]),
        { origin: RELOAD, text: renderTemplate("maintainer-scripts/reload.postinst.sh.liquid", {}) },
        ...each((service) => start(plan, service)),
      ],
      prerm: each((service) => [stop(plan, service)]),
      postrm: [
        { origin: RELOAD, text: renderTemplate("maintainer-scripts/reload.postrm.sh.liquid", {}) },
        ...each((service) => [forget(service)]),
      ],
    },
  };
}

const RELOAD = "units of the services";

/** Releases whose systemd helpers look below /lib only where /usr is not merged. */
export const UNMERGED = new Set(["buster", "bullseye", "bionic", "focal"]);

function unitEntry(plan: PackagePlan, service: ServicePlan): PackageEntry {
  const folder = UNMERGED.has(plan.target.codename) ? "lib/systemd/system" : "usr/lib/systemd/system";
  return {
    kind: "data",
    path: `${folder}/${unitOf(service)}`,
    mode: 0o644,
    data: Buffer.from(renderUnit(service)),
  };
}

/** The default environment file is shipped for the administrator to find, closed to others: it is where passwords go. */
function environmentFile(plan: PackagePlan): PackageEntry[] {
  const path = environmentFilePath(plan);
  if (path === undefined) return [];
  const text = renderTemplate("default/environment.liquid", {
    package: plan.package.name,
    units: plan.services
      .filter((service) => service.environmentFile === path)
      .map(unitOf)
      .join(" "),
  });
  return [{ kind: "data", path: path.slice(1), mode: 0o640, data: Buffer.from(text), conffile: true }];
}

/** `/etc/default/<package>`, where a service reads it and the settings do not ship one of their own. */
export function environmentFilePath(plan: PackagePlan): string | undefined {
  const path = `/etc/default/${plan.package.name}`;
  const isRead = plan.services.some((service) => service.environmentFile === path);
  return isRead && !plan.files.some((file) => file.path === path) ? path : undefined;
}

function enable(plan: PackagePlan, service: ServicePlan): Fragment {
  const unit = unitOf(service);
  const template = service.enable ? "service-enable" : "service-disabled";
  return fragment(service, `${template}.postinst`, {
    warning: `${plan.package.name}: ${unit} could not be enabled. Try: systemctl enable ${unit}`,
  });
}

function start(plan: PackagePlan, service: ServicePlan): Fragment[] {
  const unit = unitOf(service);
  const warning = `${plan.package.name}: ${unit} did not start. It says why in: journalctl -u ${unit}`;
  const template = startTemplate(service);
  return template === undefined ? [] : [fragment(service, `${template}.postinst`, { warning })];
}

/** `start` does nothing to a service that runs; `restart` starts one that does not. */
function startTemplate({ start: starts, onUpgrade }: ServicePlan): string | undefined {
  if (starts) return onUpgrade === "restart" ? "service-restart" : "service-start";
  return onUpgrade === "restart" ? "service-try-restart" : undefined;
}

function stop(plan: PackagePlan, service: ServicePlan): Fragment {
  const unit = unitOf(service);
  return fragment(service, "service-stop.prerm", {
    warning: `${plan.package.name}: ${unit} did not stop. Look at: systemctl status ${unit}`,
  });
}

function forget(service: ServicePlan): Fragment {
  return fragment(service, "service-purge.postrm", {});
}

function fragment(
  service: ServicePlan,
  template: string,
  values: Readonly<Record<string, string>>,
): Fragment {
  return {
    origin: `service ${service.unit} ([tool.venvdeb.service.${service.unit}])`,
    text: renderTemplate(`maintainer-scripts/${template}.sh.liquid`, { unit: unitOf(service), ...values }),
  };
}

function unitOf(service: ServicePlan): string {
  return `${requireUnitName(service.unit)}.service`;
}
