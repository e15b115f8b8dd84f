import type { PackageEntry } from "../deb/entry.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { ServicePlan } from "../plan/system-types.ts";
import { renderTemplate } from "./render-template.ts";
import { instancesOf, isStartedBy, unitFileName } from "./service-instances.ts";
import { isEverStarted, message, notStarted, serviceFragment, startActions } from "./service-texts.ts";
import { renderSocketUnit, renderUnit } from "./service-unit.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * A unit for each service, enabled, started and stopped as debhelper does it: by deb-systemd-helper and
 * deb-systemd-invoke only (init-system-helpers is essential), which respect the administrator's choice and policy-rc.d.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeUnits(plan: PackagePlan): SystemPart {
  const services = plan.services.filter((service) => isStartedBy(service, "systemd"));
  if (services.length === 0) return { entries: [], fragments: {} };
  const each = (make: (plan: PackagePlan, service: ServicePlan) => Fragment[]) =>
    services.flatMap((service) => make(plan, service));
  return {
    entries: services.flatMap((service) => unitEntries(plan, service).concat(mask(plan, service))),
    fragments: {
      postinst: [
        ...each(enable),
        shared("reload.postinst"),
        shared("systemd.postinst"),
        ...each(start),
        ...each(watch),
      ],
      prerm: each(stop),
      postrm: [shared("reload.postrm"), ...each(forget)],
    },
  };
}

function shared(template: string): Fragment {
  return {
    origin: "units of the services",
    text: renderTemplate(`maintainer-scripts/${template}.sh.liquid`, {}),
  };
}

/** Releases whose systemd helpers look below /lib only where /usr is not merged. */
const UNMERGED = new Set(["buster", "bullseye", "bionic", "focal"]);

function unitEntries(plan: PackagePlan, service: ServicePlan): PackageEntry[] {
  const sockets =
    service.sockets.length === 0 ? [] : unitFiles(plan, service, "socket", renderSocketUnit(service));
  return unitFiles(plan, service, "service", renderUnit(service)).concat(sockets);
}

/** An instance is a link to its template: the helpers of Debian 12 know units by their files only. */
function unitFiles(
  plan: PackagePlan,
  service: ServicePlan,
  kind: "service" | "socket",
  text: string,
): PackageEntry[] {
  const target = `${unitFileName(service)}.${kind}`;
  const file = {
    kind: "data",
    path: `${unitFolder(plan)}/${target}`,
    mode: 0o644,
    data: Buffer.from(text),
  } as const;
  if (service.instances.length === 0) return [file];
  const links = instancesOf(service).map(({ name }): PackageEntry => {
    return { kind: "symlink", path: `${unitFolder(plan)}/${name}.${kind}`, mode: 0o777, target };
  });
  return [file, ...links];
}

/** Relative to `/`: where the target's units are. */
export function unitFolder(plan: PackagePlan): string {
  return UNMERGED.has(plan.target.codename) ? "lib/systemd/system" : "usr/lib/systemd/system";
}

/** Where the units are called `hello@…`, systemd would make a `hello` of the init script and run both. */
function mask(plan: PackagePlan, service: ServicePlan): PackageEntry[] {
  if (service.instances.length === 0 || !isStartedBy(service, "sysv")) return [];
  const path = `${unitFolder(plan)}/${service.unit}.service`;
  return [{ kind: "symlink", path, mode: 0o777, target: "/dev/null" }];
}

/** Sockets first: they must be there when the service starts, and not wake it while it is stopped. */
function unitsOf(service: ServicePlan): string[] {
  const names = instancesOf(service).map(({ name }) => name);
  return [...socketNames(service), ...names.map((name) => `${name}.service`)];
}

function socketNames(service: ServicePlan): string[] {
  return service.sockets.length === 0 ? [] : instancesOf(service).map(({ name }) => `${name}.socket`);
}

function enable(plan: PackagePlan, service: ServicePlan): Fragment[] {
  const template = service.enable ? "service-enable" : "service-disabled";
  return unitsOf(service).map((unit) =>
    serviceFragment(service, `${template}.postinst`, {
      unit,
      warning: message(plan, `${unit} could not be enabled. Try: systemctl enable ${unit}`),
    }),
  );
}

/** An upgrade leaves a socket that listens alone: nobody is refused meanwhile. */
function start(plan: PackagePlan, service: ServicePlan): Fragment[] {
  if (!isEverStarted(service)) return [];
  return unitsOf(service).map((unit) =>
    serviceFragment(service, "service-start.postinst", {
      unit,
      ...startActions(unit.endsWith(".socket") ? { ...service, onUpgrade: "leave" } : service),
      policy: service.onStartFailure,
      warning: message(plan, `${unit} ${notStarted(service)}. It says why in: journalctl -u ${unit}`),
    }),
  );
}

function watch(plan: PackagePlan, service: ServicePlan): Fragment[] {
  if (!isEverStarted(service)) return [];
  return instancesOf(service).map(({ name }) =>
    serviceFragment(service, "service-watch.postinst", {
      unit: `${name}.service`,
      policy: service.onStartFailure,
      warning: message(
        plan,
        `${name}.service ended soon after its start. It says why in: journalctl -u ${name}.service`,
      ),
    }),
  );
}

/** A removal stops the instances too that the administrator has added. */
function stop(plan: PackagePlan, service: ServicePlan): Fragment[] {
  const units = unitsOf(service);
  const all =
    service.instances.length === 0
      ? units
      : ["socket", "service"]
          .slice(service.sockets.length === 0 ? 1 : 0)
          .map((kind) => `${unitFileName(service)}*.${kind}`);
  const warning = message(
    plan,
    `${units.join(" ")} did not stop. Look at: systemctl status ${units.join(" ")}`,
  );
  return [
    serviceFragment(service, "service-stop.prerm", { units: all, warning }),
    ...(service.onUpgrade === "stop"
      ? [serviceFragment(service, "service-stop-upgrade.prerm", { units, warning })]
      : []),
  ];
}

function forget(_plan: PackagePlan, service: ServicePlan): Fragment[] {
  return unitsOf(service).map((unit) => serviceFragment(service, "service-purge.postrm", { unit }));
}
