import type { PackageEntry } from "../deb/entry.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { JobPlan } from "../plan/system-types.ts";
import { requireJobName, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { unitFolder } from "./service-systemd.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * Jobs that run by the clock: a file of /etc/cron.d each (Policy 9.5), or a systemd timer with its service, enabled,
 * started and stopped as the services are.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeJobs(plan: PackagePlan): SystemPart {
  const timers = plan.jobs.filter(({ calendar }) => calendar !== undefined);
  const lines = plan.jobs.filter(({ calendar }) => calendar === undefined);
  return {
    entries: [...lines.map((job) => cronFile(plan, job)), ...timers.flatMap((job) => timerUnits(plan, job))],
    fragments: {
      postinst: timers.flatMap((job) => [enable(plan, job), start(plan, job)]),
      prerm: timers.flatMap((job) => [stop(plan, job, "service"), stop(plan, job, "timer")]),
      postrm: timers.flatMap((job) => [reload(), forget(job)]),
    },
    relations: lines.length === 0 ? {} : { depends: ["cron | cron-daemon"] },
  };
}

function cronFile(plan: PackagePlan, job: JobPlan): PackageEntry {
  const name = requireJobName(job.name);
  const text = renderTemplate("cron/job.liquid", {
    name,
    package: plan.package.name,
    environment: environmentOf(plan, job),
    schedule: job.schedule,
    user: requireUserName(job.user),
    command: job.command,
  });
  return { kind: "data", path: `etc/cron.d/${name}`, mode: 0o644, data: Buffer.from(text), conffile: true };
}

function environmentOf({ stablePath }: PackagePlan, { environment }: JobPlan): Record<string, string> {
  const system = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  return {
    PATH: [`${stablePath}/bin`, ...system].join(":"),
    PYTHONDONTWRITEBYTECODE: "1",
    ...environment,
  };
}

function timerUnits(plan: PackagePlan, job: JobPlan): PackageEntry[] {
  const unit = (kind: UnitKind, text: string): PackageEntry => ({
    kind: "data",
    path: `${unitFolder(plan)}/${unitOf(job, kind)}`,
    mode: 0o644,
    data: Buffer.from(text),
  });
  return [unit("service", renderJob(plan, job)), unit("timer", renderTimer(plan, job))];
}

type UnitKind = "service" | "timer";

function renderJob(plan: PackagePlan, job: JobPlan): string {
  return renderTemplate("systemd/job.liquid", {
    unit: unitOf(job, "service"),
    description: `job ${job.name} of ${plan.package.name}`,
    command: job.command,
    environment: environmentOf(plan, job),
    settings: { User: requireUserName(job.user), Group: requireUserName(job.group) },
  });
}

function renderTimer(plan: PackagePlan, job: JobPlan): string {
  return renderTemplate("systemd/timer.liquid", {
    unit: unitOf(job, "timer"),
    description: `times of the job ${job.name} of ${plan.package.name}`,
    calendar: job.calendar,
  });
}

function enable(plan: PackagePlan, job: JobPlan): Fragment {
  const unit = unitOf(job, "timer");
  const warning = `${plan.package.name}: ${unit} could not be enabled. Try: systemctl enable ${unit}`;
  return fragment(job, "service-enable.postinst", { unit, warning });
}

function start(plan: PackagePlan, job: JobPlan): Fragment {
  const unit = unitOf(job, "timer");
  const warning = `${plan.package.name}: ${unit} did not start. It says why in: journalctl -u ${unit}`;
  return fragment(job, "timer-start.postinst", { unit, warning });
}

function stop(plan: PackagePlan, job: JobPlan, kind: UnitKind): Fragment {
  const unit = unitOf(job, kind);
  const warning = `${plan.package.name}: ${unit} did not stop. Look at: systemctl status ${unit}`;
  return fragment(job, "service-stop.prerm", { units: [unit], warning });
}

/** Equal to the services' block, of which one is kept. */
function reload(): Fragment {
  return {
    origin: "units of the services",
    text: renderTemplate("maintainer-scripts/reload.postrm.sh.liquid", {}),
  };
}

function forget(job: JobPlan): Fragment {
  return fragment(job, "service-purge.postrm", { unit: unitOf(job, "timer") });
}

function fragment(job: JobPlan, template: string, values: Readonly<Record<string, unknown>>): Fragment {
  return {
    origin: `timer ${job.name} ([tool.venvdeb.cron])`,
    text: renderTemplate(`maintainer-scripts/${template}.sh.liquid`, values),
  };
}

function unitOf(job: JobPlan, kind: UnitKind): string {
  return `${requireJobName(job.name)}.${kind}`;
}
