import type { ServicePlan } from "../plan/system-types.ts";
import { requireUnitName } from "./names.ts";

/** One process of a service: the service itself, or one of its instances. */
export interface ServiceInstance {
  /** `hello`, or `hello@first` */
  readonly name: string;
  /** Puts the instance's name into a text. */
  readonly fill: (text: string) => string;
}

/** @throws VenvdebError SYSTEM_BAD_NAME */
export function instancesOf({ unit, instances }: ServicePlan): ServiceInstance[] {
  const base = requireUnitName(unit);
  if (instances.length === 0) return [{ name: base, fill: (text) => text }];
  return instances.map((instance) => ({
    name: `${base}@${requireUnitName(instance)}`,
    fill: (text) => text.replaceAll(PLACE, instance),
  }));
}

/** `hello`, or the template `hello@`. */
export function unitFileName({ unit, instances }: ServicePlan): string {
  return instances.length === 0 ? requireUnitName(unit) : `${requireUnitName(unit)}@`;
}

/** Lets a rendered file stand for every instance: `written` is how its language spells the instance's name there. */
export function fillInstances({ instances }: ServicePlan, text: string, written: string): string {
  return instances.length === 0 ? text : text.replaceAll(PLACE, written);
}

const PLACE = "{instance}";

/** Whether systemd, or an init script, starts it. */
export function isStartedBy({ init }: ServicePlan, system: "systemd" | "sysv"): boolean {
  return init.includes(system);
}
