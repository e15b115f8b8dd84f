import type { PackagePlan } from "../plan/types.ts";
import type { ServicePlan } from "../plan/system-types.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment } from "./types.ts";

/** A block of a maintainer script for one service. */
export function serviceFragment(
  service: ServicePlan,
  template: string,
  values: Readonly<Record<string, string | readonly string[]>>,
): Fragment {
  return {
    origin: `service ${service.unit} ([tool.venvdeb.service.${service.unit}])`,
    text: renderTemplate(`maintainer-scripts/${template}.sh.liquid`, values),
  };
}

/**
 * What postinst does to a service on its first installation, and on an upgrade. Enabled services that do not run are
 * started then too, as by debhelper; `try-*` leaves one alone that does not run.
 */
export function startActions({ start, onUpgrade }: ServicePlan): { first: string; later: string } {
  if (!start) return { first: "nothing", later: onUpgrade === "leave" ? "nothing" : `try-${onUpgrade}` };
  return {
    first: "start",
    later: onUpgrade === "restart" || onUpgrade === "reload" ? onUpgrade : "start",
  };
}

/** Whether postinst ever does anything to it. */
export function isEverStarted({ start, onUpgrade }: ServicePlan): boolean {
  return start || onUpgrade !== "leave";
}

/** What went wrong when postinst started it. */
export function notStarted({ onUpgrade }: ServicePlan): string {
  return onUpgrade === "reload" ? "did not start, or did not reload" : "did not start";
}

/** `hello: hello.service did not start. …`: what an administrator reads. */
export function message({ package: { name } }: PackagePlan, text: string): string {
  return `${name}: ${text}`;
}
