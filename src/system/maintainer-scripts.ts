import type { ControlFile } from "../deb/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { MaintainerScriptName } from "../plan/system-types.ts";
import { SCRIPT_NAMES } from "./own-scripts.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * Joins the parts' blocks into whole scripts, right for every form of call of deb-preinst(5) and its kin: preinst and
 * postinst in the order given, prerm and postrm backwards, equal blocks once. Forms that dpkg uses to undo a step
 * (`abort-*`, `failed-*`, `disappear`) or to report one (`triggered`) never fail; unknown forms do nothing.
 * A script without a block is not made.
 */
export function joinMaintainerScripts(plan: PackagePlan, parts: readonly SystemPart[]): ControlFile[] {
  return SCRIPT_NAMES.flatMap((name) => {
    const fragments = distinct(parts.flatMap((part) => part.fragments[name] ?? []));
    if (fragments.length === 0) return [];
    const ordered = name === "prerm" || name === "postrm" ? fragments.toReversed() : fragments;
    return [{ name, content: renderScript(plan, name, ordered), mode: 0o755 }];
  });
}

function distinct(fragments: readonly Fragment[]): Fragment[] {
  return [
    ...new Map(fragments.toReversed().map((fragment) => [fragment.text, fragment])).values(),
  ].toReversed();
}

function renderScript(
  { package: { name: packageName, version } }: PackagePlan,
  name: MaintainerScriptName,
  fragments: readonly Fragment[],
): string {
  const header = renderTemplate(`maintainer-scripts/${name}.header.sh.liquid`, {
    package: packageName,
    version,
  });
  const blocks = fragments.map(({ origin, text }) =>
    renderTemplate("maintainer-scripts/block.sh.liquid", { origin, text }),
  );
  return [header, ...blocks].join("");
}
