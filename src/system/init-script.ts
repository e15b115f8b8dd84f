import type { PackagePlan } from "../plan/types.ts";
import type { ServicePlan } from "../plan/system-types.ts";
import { requireDirectoryName, requirePath, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { fillInstances } from "./service-instances.ts";
import { HANGUP, PYTHON_ENVIRONMENT } from "./service-unit.ts";

/**
 * The text of a service's script in /etc/init.d (Policy 9.3.2, LSB 22.2): start-stop-daemon(8) puts the program into
 * the background and finds it again by a file of root's below /run. What systemd makes of settings is made here as far
 * as SysV knows it: user, environment, folders, limits, stop signal; hardening has nothing like it.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function renderInitScript(plan: PackagePlan, service: ServicePlan): string {
  const [program = ""] = service.command;
  const reload = reloadCommand(service);
  const text = renderTemplate("sysv/init.liquid", {
    script: service.unit,
    package: plan.package.name,
    description: service.description,
    user: requireUserName(service.user),
    group: requireUserName(service.group),
    program: requirePath(program),
    command: service.command,
    directory: service.workingDirectory === undefined ? "/" : requirePath(service.workingDirectory),
    runner: [...limits(service), "/sbin/start-stop-daemon"],
    environment: { ...PYTHON_ENVIRONMENT, ...service.environment },
    environment_file: service.environmentFile ?? "",
    folders: folders(service)
      .map((path) => renderTemplate("sysv/folder.liquid", { path }))
      .join(""),
    retry: `${signalName(service)}/${service.stopTimeout}/KILL/5`,
    reload: renderTemplate("sysv/reload.liquid", { command: reload }).replaceAll("{pid}", () => `'"$pid"'`),
    reload_steps: supportsReload(service)
      ? ["Reloading", "reload_service"]
      : ["Restarting", "stop_service", "start_service"],
    instances: service.instances.length === 0 ? "-" : service.instances.join(" "),
  });
  return fillInstances(service, text, `'"$instance"'`);
}

function supportsReload({ reloadCommand: command, onUpgrade }: ServicePlan): boolean {
  return command !== undefined || onUpgrade === "reload";
}

function reloadCommand({ reloadCommand: command }: ServicePlan): readonly string[] {
  return command ?? HANGUP;
}

function limits(service: ServicePlan): string[] {
  const options = Object.entries(service.limits).map(
    ([name, value]) => `--${name}=${value === "infinity" ? "unlimited" : value}`,
  );
  return options.length === 0 ? [] : ["/usr/bin/prlimit", ...options];
}

function folders(service: ServicePlan): string[] {
  const { stateDirectory, logsDirectory, cacheDirectory, runtimeDirectory } = service;
  return Object.entries({
    "/var/lib": stateDirectory,
    "/var/log": logsDirectory,
    "/var/cache": cacheDirectory,
    "/run": runtimeDirectory,
  }).flatMap(([parent, name]) => (name === undefined ? [] : [`${parent}/${requireDirectoryName(name)}`]));
}

function signalName({ stopSignal = "SIGTERM" }: ServicePlan): string {
  return stopSignal.replace(/^SIG/, "");
}
