import type { PackageEntry } from "../deb/entry.ts";
import type { PackagePlan } from "../plan/types.ts";
import { renderTemplate } from "./render-template.ts";
import { contributeHealthChecks } from "./service-health.ts";
import { isStartedBy, unitFileName } from "./service-instances.ts";
import { contributeInitScripts } from "./service-sysv.ts";
import { contributeUnits } from "./service-systemd.ts";
import { message } from "./service-texts.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * The services: units of systemd and scripts in /etc/init.d, from one description. A service that does not start is
 * reported, for both alike; whether that fails the installation is said by the last block of postinst
 * (`contributeServiceVerdict`), after everything else is done.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeServices(plan: PackagePlan): SystemPart {
  if (plan.services.length === 0) return { entries: [], fragments: {} };
  const initScripts = contributeInitScripts(plan);
  const parts = [contributeUnits(plan), initScripts, contributeHealthChecks(plan)];
  const join = (name: keyof SystemPart["fragments"]) =>
    parts.flatMap(({ fragments }) => fragments[name] ?? []);
  return {
    entries: [...parts.flatMap(({ entries }) => entries), ...environmentFile(plan)],
    fragments: {
      preinst: join("preinst"),
      postinst: [functions(), ...join("postinst")],
      prerm: join("prerm"),
      postrm: join("postrm"),
    },
    relations: { ...initScripts.relations },
  };
}

/** The last word of postinst, where a service must run. */
export function contributeServiceVerdict(plan: PackagePlan): SystemPart {
  if (!plan.services.some(({ onStartFailure }) => onStartFailure === "fail"))
    return { entries: [], fragments: {} };
  const text = renderTemplate("maintainer-scripts/services-verdict.postinst.sh.liquid", {
    message: message(
      plan,
      "the installation is not finished, since a service that must run does not. When that is set right: dpkg --configure -a",
    ),
  });
  return {
    entries: [],
    fragments: { postinst: [{ origin: 'services with on-start-failure = "fail"', text }] },
  };
}

function functions(): Fragment {
  return {
    origin: "start of the services",
    text: renderTemplate("maintainer-scripts/services.postinst.sh.liquid", {}),
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
      .map((service) =>
        isStartedBy(service, "systemd")
          ? `${unitFileName(service).replace("@", "@*")}.service`
          : service.unit,
      )
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
