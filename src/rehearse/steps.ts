import { editStep, keptStep } from "./steps/conffiles.ts";
import { importsStep, prefixStep, recordsStep } from "./steps/environment.ts";
import { autoremoveStep, installStep, purgeStep, removeStep } from "./steps/packages.ts";
import { servicesStep } from "./steps/services.ts";
import { leftoversStep } from "./steps/traces.ts";
import type { Subject } from "./subject.ts";
import type { Step } from "./types.ts";

/** The whole life of packages on a machine, in its order; `previous` is what they are an upgrade of, maybe nothing. */
export function lifeSteps(packages: readonly Subject[], previous: readonly Subject[]): Step[] {
  const first = previous.length > 0 ? withPrevious(packages, previous) : packages;
  return [
    installStep("install", "install", first),
    servicesStep(first, "install"),
    ...(previous.length > 0 ? upgradeSteps(packages, first) : [editStep(packages, packages)]),
    installStep("reinstall", "reinstall", packages),
    servicesStep(packages, "reinstall"),
    keptStep,
    importsStep(packages),
    recordsStep(packages),
    prefixStep(packages),
    removeStep,
    installStep("return", "install again", packages),
    servicesStep(packages, "install again"),
    keptStep,
    purgeStep,
    autoremoveStep,
    leftoversStep,
  ];
}

function upgradeSteps(packages: readonly Subject[], old: readonly Subject[]): Step[] {
  return [
    installStep("upgrade", "upgrade to", packages),
    servicesStep(packages, "upgrade"),
    installStep("downgrade", "downgrade to", old),
    servicesStep(old, "downgrade"),
    editStep(old, packages),
    installStep("upgrade-again", "upgrade again to", packages),
    servicesStep(packages, "upgrade again"),
    keptStep,
  ];
}

/** The packages as they were before: one that has no older version was there already. */
function withPrevious(packages: readonly Subject[], previous: readonly Subject[]): readonly Subject[] {
  return packages.map((subject) => previous.find(({ name }) => name === subject.name) ?? subject);
}
