import type { PackageEntry } from "../deb/entry.ts";
import { VenvdebError } from "../errors.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { ServicePlan } from "../plan/system-types.ts";
import { requireJobName, requirePath, requireUnitName, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { instancesOf, isStartedBy, unitFileName } from "./service-instances.ts";
import type { SystemPart } from "./types.ts";

/**
 * `/usr/bin/<name>-ctl`, a POSIX script for whoever runs the machine: it works without the environment, so that it
 * can say what is wrong with it.
 * @throws VenvdebError SYSTEM_COMMAND_TAKEN when the package has another command of that name, SYSTEM_BAD_NAME
 */
export function contributeOperatorCommand(plan: PackagePlan): SystemPart {
  const path = operatorCommandPath(plan);
  if (path === undefined) return { entries: [], fragments: {} };
  for (const [setting, list] of [
    ["links", plan.links],
    ["files", plan.files],
  ] as const)
    if (list.some((other) => other.path === path)) throw taken(path, setting);
  const entry: PackageEntry = {
    kind: "data",
    path: path.slice(1),
    mode: 0o755,
    data: Buffer.from(renderTemplate("operator-command/ctl.sh.liquid", valuesOf(plan, path))),
  };
  return { entries: [entry], fragments: {} };
}

/** Where the operator's command is; undefined when there is none. */
export function operatorCommandPath(plan: PackagePlan): string | undefined {
  return plan.operatorCommand ? requirePath(`/usr/bin/${plan.package.name}-ctl`) : undefined;
}

function valuesOf(plan: PackagePlan, path: string): Record<string, unknown> {
  const { package: identity, stablePath, target, services } = plan;
  const [main] = services;
  return {
    command: path.slice("/usr/bin/".length),
    package: identity.name,
    prefix: requirePath(stablePath),
    interpreter: target.python.path,
    interpreter_package: `python${target.python.minor}`,
    python: `${stablePath}/bin/python${target.python.minor}`,
    user: requireUserName(main?.user ?? plan.users[0]?.name ?? plan.jobs[0]?.user ?? "root"),
    ...unitsAndLogs(plan),
    ...variables(services),
    check: renderTemplate("operator-command/check.py.liquid", {}),
  };
}

/** An init script has a file for its log; with systemd it is a unit like the others, of systemd's own making. */
function unitsAndLogs(plan: PackagePlan): Record<string, unknown> {
  const timers = plan.jobs
    .filter(({ calendar }) => calendar !== undefined)
    .map(({ name }) => requireJobName(name));
  const scripted = plan.services.filter((service) => isStartedBy(service, "sysv"));
  const scriptsOnly = scripted.filter((service) => !isStartedBy(service, "systemd"));
  const native = plan.services.filter((service) => isStartedBy(service, "systemd"));
  const units = [...native.flatMap(serviceUnits), ...scriptsOnly.map(({ unit }) => `${unit}.service`)];
  const logging = [...native.flatMap(serviceUnits), ...timers.map((name) => `${name}.service`)];
  const templates = native.filter(({ instances }) => instances.length > 0);
  const timerUnits = timers.map((name) => `${name}.timer`);
  return {
    units: [...units, ...timerUnits],
    unit_files: [...templates.map((service) => `${unitFileName(service)}.service`), ...units, ...timerUnits],
    units_only: [
      ...native.filter((service) => !scripted.includes(service)).flatMap(serviceUnits),
      ...timerUnits,
    ],
    scripts: scripted.map(({ unit }) => requireUnitName(unit)),
    logs: scripted.map(logFile).join(" "),
    logs_only: scriptsOnly.map(logFile).join(" "),
    has_journal: logging.length === 0 ? "no" : "yes",
    journal:
      logging.length === 0
        ? [`SYSLOG_IDENTIFIER=${plan.package.name}`]
        : logging.map((unit) => `--unit=${unit}`),
  };
}

function serviceUnits(service: ServicePlan): string[] {
  return instancesOf(service).map(({ name }) => `${name}.service`);
}

function logFile({ unit }: ServicePlan): string {
  return requirePath(`/var/log/${requireUnitName(unit)}.log`);
}

/** What a command in the environment gets is of the first service, and of the first instance of each. */
function variables(services: readonly ServicePlan[]): Record<string, unknown> {
  const [main] = services;
  const fill = main === undefined ? String : (instancesOf(main)[0]?.fill ?? String);
  const files = services.map((service) => {
    const { environmentFile: file } = service;
    return file === undefined ? [] : instancesOf(service).map((instance) => requirePath(instance.fill(file)));
  });
  return {
    environment: Object.entries(main?.environment ?? {}).map(([name, value]) => `${name}=${fill(value)}`),
    read_files: [...new Set(files.flatMap(([first]) => first ?? []))],
    environment_files: [...new Set(files.flat())],
  };
}

function taken(path: string, setting: "links" | "files"): VenvdebError {
  return new VenvdebError(
    "SYSTEM_COMMAND_TAKEN",
    `Cannot ship the operator's command "${path}": [tool.venvdeb.${setting}] has another file there`,
    { hint: `choose another path in ${setting}, or set operator-command = false`, exitCode: 2 },
  );
}
