import type { ServicePlan } from "../plan/system-types.ts";
import { hardeningOf } from "./hardening.ts";
import { requireDirectoryName, requirePath, requireUserName } from "./names.ts";
import type { SystemdSettings } from "./quote.ts";
import { renderTemplate } from "./render-template.ts";
import { fillInstances, unitFileName } from "./service-instances.ts";

/**
 * The text of a service's unit (systemd.service(5), systemd.exec(5)), a template where it has instances.
 * `Type=exec` makes a start fail when the program cannot be run.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function renderUnit(service: ServicePlan): string {
  const directives = hardeningOf(service);
  const text = renderTemplate("systemd/service.liquid", {
    unit: `${unitFileName(service)}.service`,
    description: describe(service),
    relations: relations(service),
    commands: renderTemplate("systemd/start.liquid", { command: service.command }) + renderReload(service),
    environment: { ...PYTHON_ENVIRONMENT, ...service.environment },
    settings: settings(service),
    hardening:
      Object.keys(directives).length === 0 ? "" : renderTemplate("systemd/hardening.liquid", { directives }),
  });
  return fillInstances(service, text, "%i");
}

/** The unit that listens for a service (systemd.socket(5)). @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE */
export function renderSocketUnit(service: ServicePlan): string {
  const hasPath = service.sockets.some((address) => address.startsWith("/"));
  const text = renderTemplate("systemd/socket.liquid", {
    unit: `${unitFileName(service)}.socket`,
    description: `Sockets of ${describe(service)}`,
    settings: {
      ListenStream: service.sockets,
      ...(hasPath
        ? {
            SocketUser: requireUserName(service.user),
            SocketGroup: requireUserName(service.group),
            RemoveOnStop: "yes",
          }
        : {}),
    },
  });
  return fillInstances(service, text, "%i");
}

/** Nothing but what is installed is ever compiled, and logs appear when they are written. */
export const PYTHON_ENVIRONMENT = { PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };

function describe({ description, instances }: ServicePlan): string {
  return instances.length === 0 || description.includes("{instance}")
    ? description
    : `${description} {instance}`;
}

function relations(service: ServicePlan): SystemdSettings {
  if (service.sockets.length === 0) return { After: "network.target" };
  // A template's own instance stands in the names of the units it goes with, as %i.
  const socket = `${unitFileName(service)}${service.instances.length === 0 ? "" : "{instance}"}.socket`;
  return { Requires: socket, After: `network.target ${socket}` };
}

/** The process that systemd knows stands for `{pid}`. */
function renderReload({ reloadCommand, onUpgrade }: ServicePlan): string {
  const command = reloadCommand ?? (onUpgrade === "reload" ? HANGUP : undefined);
  if (command === undefined) return "";
  const text = renderTemplate("systemd/reload.liquid", { command });
  return text.replaceAll("{pid}", () => "${MAINPID}");
}

/** The shell's own `kill`: the program of that name is of a package that a machine may not have. */
export const HANGUP = ["/bin/sh", "-c", 'kill -HUP "$1"', "sh", "{pid}"];

function settings(service: ServicePlan): SystemdSettings {
  return {
    ...present("EnvironmentFile", service.environmentFile, (path) => `-${requirePath(path)}`),
    User: requireUserName(service.user),
    Group: requireUserName(service.group),
    ...present("WorkingDirectory", service.workingDirectory, requirePath),
    ...present("StateDirectory", service.stateDirectory, requireDirectoryName),
    ...present("LogsDirectory", service.logsDirectory, requireDirectoryName),
    ...present("CacheDirectory", service.cacheDirectory, requireDirectoryName),
    ...present("RuntimeDirectory", service.runtimeDirectory, requireDirectoryName),
    // Its sockets may be there, which belong to another unit.
    ...(service.runtimeDirectory !== undefined && service.sockets.length > 0
      ? { RuntimeDirectoryPreserve: "yes" }
      : {}),
    Restart: service.restart,
    RestartSec: "2",
    ...present("KillSignal", service.stopSignal, (signal) => signal),
    ...(service.stopTimeout === 90 ? {} : { TimeoutStopSec: String(service.stopTimeout) }),
    ...Object.fromEntries(
      Object.entries(service.limits).map(([name, value]) => [`Limit${name.toUpperCase()}`, value]),
    ),
  };
}

function present(
  key: string,
  value: string | undefined,
  check: (value: string) => string,
): Record<string, string> {
  return value === undefined ? {} : { [key]: check(value) };
}
