import type { PackageEntry } from "../deb/entry.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { RotationPlan } from "../plan/system-types.ts";
import { formatMode } from "./format-mode.ts";
import { requireJobName, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import type { SystemPart } from "./types.ts";

/**
 * Files of /etc/logrotate.d. logrotate works as the owner of the logs where that is not root, and refuses folders in
 * which others may write.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE
 */
export function contributeRotations(plan: PackagePlan): SystemPart {
  return {
    entries: plan.rotations.map((rotation) => rotationFile(plan, rotation)),
    fragments: {},
    relations: plan.rotations.length === 0 ? {} : { recommends: ["logrotate"] },
  };
}

function rotationFile(plan: PackagePlan, rotation: RotationPlan): PackageEntry {
  const text = renderTemplate("logrotate/rotation.liquid", {
    package: plan.package.name,
    paths: rotation.paths,
    settings: settingsOf(rotation),
    script: scriptOf(rotation),
  });
  return {
    kind: "data",
    path: `etc/logrotate.d/${requireJobName(rotation.name)}`,
    mode: 0o644,
    data: Buffer.from(text.replaceAll(/\n\n+/g, "\n")),
    conffile: true,
  };
}

function settingsOf(rotation: RotationPlan): string[][] {
  const { owner, size, compress, copyTruncate } = rotation;
  const [user, group] = [requireUserName(owner.user), requireUserName(owner.group)];
  return [
    ...(user === "root" ? [] : [["su", user, group]]),
    [rotation.frequency],
    ["rotate", String(rotation.rotate)],
    ...(size === undefined ? [] : [["maxsize", size]]),
    ...(compress ? [["compress"], ["delaycompress"]] : [["nocompress"]]),
    ...(copyTruncate ? [["copytruncate"]] : [["create", formatMode(rotation.mode), user, group]]),
  ];
}

function scriptOf({ postRotate }: RotationPlan): string {
  const [program] = postRotate ?? [];
  return program === undefined
    ? ""
    : renderTemplate("logrotate/post-rotate.liquid", { program, command: postRotate });
}
