import type { PackagePlan } from "../plan/types.ts";
import { requireTriggerName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * The package's own triggers (deb-triggers(5)) and the command that runs once for all that fired. What a trigger on a
 * file of a dependency may be is checked where the dependencies are known (src/dependencies/awaited-triggers.ts).
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeOwnTriggers(plan: PackagePlan): SystemPart {
  const { interest, interestNoawait, activate, activateNoawait, command } = plan.triggers;
  return {
    entries: [],
    fragments:
      command === undefined ? {} : { postinst: [run(plan, command, [...interest, ...interestNoawait])] },
    triggers: [
      ...lines("interest-await", interest),
      ...lines("interest-noawait", interestNoawait),
      ...lines("activate-await", activate),
      ...lines("activate-noawait", activateNoawait),
    ],
  };
}

function lines(directive: string, names: readonly string[]): string[] {
  return names.map((name) => `${directive} ${requireTriggerName(name)}`);
}

function run(plan: PackagePlan, command: readonly string[], names: readonly string[]): Fragment {
  return {
    origin: "the package's own triggers ([tool.venvdeb.triggers])",
    text: renderTemplate("maintainer-scripts/own-triggers.postinst.sh.liquid", {
      names,
      command,
      warning: `${plan.package.name}: ${command.join(" ")} ended with an error, which it says above. Run it again when the cause is gone.`,
    }),
  };
}
