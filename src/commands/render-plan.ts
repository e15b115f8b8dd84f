import { formatWords } from "../config/shell-words.ts";
import type { PackagePlan, RequirementsPlan } from "../plan/types.ts";
import { renderTable } from "./table.ts";

/** The plan in short, for people. */
export function renderPlan(plan: PackagePlan): string {
  const { package: identity, target } = plan;
  const rows = [
    ["package", `${identity.name} ${identity.version} (${identity.architecture})`],
    ["description", identity.synopsis],
    ["maintainer", identity.maintainer],
    [
      "target",
      `${target.distribution}:${target.codename}/${target.architecture}${plan.hasEnvironment ? `, Python ${target.python.full}` : ""}`,
    ],
    ["environment", plan.hasEnvironment ? plan.environmentPath : "none"],
    ...(plan.hasEnvironment ? [["requirements", describeRequirements(plan.requirements)]] : []),
    ...relationRows(plan),
    ...plan.services.map(({ unit, user, command }) => [
      "service",
      `${unit} (${user}): ${formatWords(command)}`,
    ]),
    ...plan.jobs.map(({ name, user, schedule, command, calendar }) => [
      calendar === undefined ? "cron job" : "timer",
      `${name} (${user}) at ${schedule}: ${formatWords(command)}`,
    ]),
    ...plan.users.map(({ name, home }) => ["user", `${name} (${home})`]),
    ...plan.generated.map(({ output, from }) => ["generated", [output, ...from].join(" <- ")]),
    ...plan.links.map(({ path, target: end }) => ["link", `${path} -> ${end}`]),
    ...plan.files.map(({ path, conffile }) => ["file", `${path}${conffile ? " (conffile)" : ""}`]),
    ...plan.directories.map(({ path, owner, purge }) => [
      "folder",
      `${path} (${owner.user}:${owner.group}${purge ? ", removed by a purge" : ""})`,
    ]),
    ...plan.rotations.map(({ name, paths, frequency }) => [
      "logs",
      `${name}, ${frequency}: ${paths.join(" ")}`,
    ]),
    ...triggerRows(plan),
    ...Object.keys(plan.scripts).map((name) => ["script", name]),
    ...Object.entries(plan.renames).map(([path, to]) => ["renamed", `${path} -> ${to}`]),
    ["compression", plan.compression],
    ["timestamp", new Date(plan.timestamp * 1000).toISOString().replace(".000", "")],
  ];
  return renderTable(rows);
}

function describeRequirements(requirements: RequirementsPlan): string {
  if (requirements.kind === "locked")
    return `${requirements.distributions.length} locked by ${requirements.file}`;
  const { requirements: lines, files } = requirements;
  const parts = [...(lines.length === 0 ? [] : [lines.join(", ")]), ...files];
  return `not locked: ${parts.length === 0 ? "none" : parts.join(", ")}`;
}

function triggerRows({ triggers }: PackagePlan): string[][] {
  const { interest, interestNoawait, activate, activateNoawait } = triggers;
  return [
    ...[...interest, ...interestNoawait].map((name) => ["waits for", name]),
    ...[...activate, ...activateNoawait].map((name) => ["fires", name]),
  ];
}

function relationRows({ relations }: PackagePlan): string[][] {
  return Object.entries(relations)
    .filter(([, list]) => list.length > 0)
    .map(([field, list]) => [field.replace("preDepends", "pre-depends"), list.join(", ")]);
}
