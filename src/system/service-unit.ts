import type { ServicePlan } from "../plan/types.ts";
import { requireDirectoryName, requirePath, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";

/**
 * The text of a service's unit (systemd.service(5), systemd.exec(5)), hardened so far as any application bears it
 * that writes to its own folders only. `Type=exec` makes a start fail when the program cannot be run.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function renderUnit(service: ServicePlan): string {
  return renderTemplate("systemd/service.liquid", {
    unit: `${service.unit}.service`,
    description: service.description,
    command: service.command,
    environment: { PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1", ...service.environment },
    settings: {
      ...present("EnvironmentFile", service.environmentFile, (path) => `-${requirePath(path)}`),
      User: requireUserName(service.user),
      Group: requireUserName(service.group),
      ...present("WorkingDirectory", service.workingDirectory, requirePath),
      ...present("StateDirectory", service.stateDirectory, requireDirectoryName),
      ...present("LogsDirectory", service.logsDirectory, requireDirectoryName),
      ...present("CacheDirectory", service.cacheDirectory, requireDirectoryName),
      ...present("RuntimeDirectory", service.runtimeDirectory, requireDirectoryName),
      Restart: service.restart,
      RestartSec: "2",
    },
    confinement: confinement(service),
  });
}

/** root keeps its rights, and a service that works in a home folder sees it. */
function confinement(service: ServicePlan): Record<string, string> {
  const places = [service.workingDirectory, service.environmentFile, ...service.command];
  const isAtHome = places.some(
    (path) => path !== undefined && /^\/(?:home|root|run\/user)(?:\/|$)/.test(path),
  );
  return {
    ProtectHome: isAtHome ? "read-only" : "yes",
    ...(service.user === "root" ? {} : { CapabilityBoundingSet: "" }),
  };
}

function present(
  key: string,
  value: string | undefined,
  check: (value: string) => string,
): Record<string, string> {
  return value === undefined ? {} : { [key]: check(value) };
}
