import type { PackagePlan } from "../plan/types.ts";
import type { HealthCheck, ServicePlan } from "../plan/system-types.ts";
import { requirePath, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { instancesOf, isStartedBy, type ServiceInstance } from "./service-instances.ts";
import { serviceFragment } from "./service-texts.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * Asks each service that has a health check, after its start and as its user, by a small program that runs on the
 * environment's own Python, so that nothing else must be installed.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeHealthChecks(plan: PackagePlan): SystemPart {
  const services = plan.services.filter(({ health }) => health !== undefined);
  if (services.length === 0) return { entries: [], fragments: {} };
  const program = renderTemplate("python/check-service.py.liquid", { package: plan.package.name });
  return {
    entries: [{ kind: "data", path: helperPath(plan).slice(1), mode: 0o644, data: Buffer.from(program) }],
    fragments: {
      postinst: [
        { origin: "health checks", text: renderTemplate("maintainer-scripts/health.postinst.sh.liquid", {}) },
        ...services.flatMap((service) =>
          instancesOf(service).map((instance) => ask(plan, service, instance)),
        ),
      ],
    },
  };
}

function helperPath({ package: { name } }: PackagePlan): string {
  return `/usr/lib/${name}/check-service.py`;
}

function ask(plan: PackagePlan, service: ServicePlan, { name, fill }: ServiceInstance): Fragment {
  const unit = isStartedBy(service, "systemd") ? `${name}.service` : "";
  const script = isStartedBy(service, "sysv") ? service.unit : "";
  return serviceFragment(service, "service-health.postinst", {
    package: plan.package.name,
    unit,
    script,
    policy: service.onStartFailure,
    user: requireUserName(service.user),
    group: requireUserName(service.group),
    environment: Object.entries(service.environment).map(([key, value]) => fill(`${key}=${value}`)),
    python: requirePath(`${plan.stablePath}/bin/python${plan.target.python.minor}`),
    helper: helperPath(plan),
    check: service.health === undefined ? [] : checkWords(service.health).map(fill),
  });
}

function checkWords(health: HealthCheck): string[] {
  const timeout = String(health.timeout);
  if (health.kind === "command") return [timeout, "command", ...health.command];
  return [timeout, health.kind, health.kind === "http" ? health.url : health.path];
}
