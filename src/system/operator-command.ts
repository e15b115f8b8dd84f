import type { PackageEntry } from "../deb/entry.ts";
import { VenvdebError } from "../errors.ts";
import type { PackagePlan } from "../plan/types.ts";
import { requireJobName, requirePath, requireUnitName, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
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
  const timers = plan.jobs
    .filter(({ calendar }) => calendar !== undefined)
    .map(({ name }) => requireJobName(name));
  const units = services.map(({ unit }) => `${requireUnitName(unit)}.service`);
  const logging = [...units, ...timers.map((name) => `${name}.service`)];
  const [main] = services;
  const files = services.flatMap(({ environmentFile }) => environmentFile ?? []);
  return {
    command: path.slice("/usr/bin/".length),
    package: identity.name,
    prefix: requirePath(stablePath),
    interpreter: target.python.path,
    interpreter_package: `python${target.python.minor}`,
    python: `${stablePath}/bin/python${target.python.minor}`,
    user: requireUserName(main?.user ?? plan.users[0]?.name ?? plan.jobs[0]?.user ?? "root"),
    units: [...units, ...timers.map((name) => `${name}.timer`)],
    journal:
      logging.length === 0 ? [`SYSLOG_IDENTIFIER=${identity.name}`] : logging.map((unit) => `--unit=${unit}`),
    environment: Object.entries(main?.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    environment_files: [...new Set(files.map(requirePath))],
    check: renderTemplate("operator-command/check.py.liquid", {}),
  };
}

function taken(path: string, setting: "links" | "files"): VenvdebError {
  return new VenvdebError(
    "SYSTEM_COMMAND_TAKEN",
    `Cannot ship the operator's command "${path}": [tool.venvdeb.${setting}] has another file there`,
    { hint: `choose another path in ${setting}, or set operator-command = false`, exitCode: 2 },
  );
}
