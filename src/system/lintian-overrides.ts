import { parseDebianVersion } from "../deb/version.ts";
import type { PackagePlan } from "../plan/types.ts";
import { ENVIRONMENT_TAGS, OBJECT_TAGS, type ExpectedTag, type ExpectedTags } from "./lintian-tags.ts";
import { operatorCommandPath } from "./operator-command.ts";
import { quoteComment } from "./quote.ts";
import { environmentFilePath } from "./service.ts";
import type { SystemFacts, SystemPart } from "./types.ts";

/**
 * What lintian says of the package and why that is right, as lintian reads it from the package itself: only for what
 * is shipped, by path, each with its reason.
 */
export function contributeLintianOverrides(plan: PackagePlan, facts: SystemFacts): SystemPart {
  const { name } = plan.package;
  const blocks = [
    ...environmentBlocks(plan, facts),
    ...fileBlocks(plan),
    ...serviceBlocks(plan),
    ...documentBlocks(plan),
    ...scriptBlocks(plan, facts),
  ];
  if (blocks.length === 0) return { entries: [], fragments: {} };
  const text = blocks
    .map(({ reason, lines }) => [`# ${quoteComment(reason)}`, ...lines].join("\n"))
    .join("\n\n");
  const entry = { kind: "data", path: `usr/share/lintian/overrides/${name}`, mode: 0o644 } as const;
  return { entries: [{ ...entry, data: Buffer.from(`${text}\n`) }], fragments: {} };
}

interface Block {
  readonly reason: string;
  readonly lines: readonly string[];
}

function environmentBlocks(plan: PackagePlan, { objects, files }: SystemFacts): Block[] {
  if (!plan.hasEnvironment) return [];
  const prefix = plan.environmentPath.slice(1);
  const isShipped = ({ files: about }: ExpectedTag) =>
    about === undefined || files === undefined || files.some((file) => about.test(file));
  const block = ({ reason, tags }: ExpectedTags, pattern: string): Block => ({
    reason,
    lines: tags.filter(isShipped).map(({ name }) => override(plan, name, pattern)),
  });
  return [
    ...(prefix.startsWith("opt/") ? [block(PLACE, "*opt/*")] : []),
    ...ENVIRONMENT_TAGS.map((expected) => block(expected, `*${prefix}/*`)),
    ...(objects?.length === 0
      ? [block(INTERPRETER, `*${prefix}/bin/python*`)]
      : OBJECT_TAGS.map((expected) => block(expected, `*${prefix}/*`))),
  ].filter(({ lines }) => lines.length > 0);
}

const PLACE: ExpectedTags = {
  reason: "An application that is no part of Debian belongs into /opt (FHS 3.0, 3.13).",
  tags: [{ name: "dir-or-file-in-opt" }],
};

const INTERPRETER: ExpectedTags = {
  reason: "The links to the system's Python, which lintian follows.",
  tags: [{ name: "embedded-library" }, { name: "hardening-no-pie" }, { name: "statically-linked-binary" }],
};

/** Modes and commands that the settings ask for. */
function fileBlocks(plan: PackagePlan): Block[] {
  const environmentFile = environmentFilePath(plan);
  const modes = [
    ...plan.files.filter(({ mode }) => mode !== 0o644 && mode !== 0o755).map(({ path }) => path),
    ...(environmentFile === undefined ? [] : [environmentFile]),
  ];
  const folders = plan.directories.filter(({ mode }) => mode !== 0o755).map(({ path }) => path);
  // One timer of the package is enough for lintian.
  const cronLines = plan.jobs.some(({ calendar }) => calendar !== undefined) ? [] : plan.jobs;
  const ctl = operatorCommandPath(plan);
  const commands = [...plan.links.map(({ path }) => path), ...plan.files.map(({ path }) => path)]
    .concat(ctl ?? [])
    .filter((path) => /^(?:\/usr)?\/(?:s?bin|games)\//.test(path));
  return [
    {
      reason:
        "Modes as the settings ask for; the services' environment is root's alone, since passwords stand there.",
      lines: modes.flatMap((path) => [
        override(plan, "non-standard-file-perm", `*${path.slice(1)}*`),
        override(plan, "non-standard-executable-perm", `*${path.slice(1)}*`),
      ]),
    },
    {
      reason: "Folders for data are closed as the settings ask for.",
      lines: folders.map((path) => override(plan, "non-standard-dir-perm", `* [${path.slice(1)}/]`)),
    },
    {
      reason: "The settings ask for cron; a job with timer = true has a timer instead.",
      lines: cronLines.map(({ name }) =>
        override(plan, "missing-systemd-timer-for-cron-script", `*etc/cron.d/${name}*`),
      ),
    },
    {
      reason: "The project has no manual pages of its own; its commands answer --help.",
      lines: commands.map((path) => override(plan, "no-manual-page", `*${path.slice(1)}*`)),
    },
  ].filter(({ lines }) => lines.length > 0);
}

/** A service may be asked for without a unit. */
function serviceBlocks(plan: PackagePlan): Block[] {
  const scripts = plan.services
    .filter((service) => !service.init.includes("systemd"))
    .map(({ unit }) => `*etc/init.d/${unit}*`);
  if (scripts.length === 0) return [];
  const tags = ["missing-systemd-service-for-init.d-script", "omitted-systemd-service-for-init.d-script"];
  return [
    {
      reason: "The settings ask for an init script alone, which systemd runs too.",
      lines: scripts.flatMap((pattern) => tags.map((tag) => override(plan, tag, pattern))),
    },
  ];
}

/** lintian takes revision 1 with one changelog entry for a first upload to Debian. */
function documentBlocks(plan: PackagePlan): Block[] {
  if (parseDebianVersion(plan.package.version).revision !== "1") return [];
  const line = override(plan, "initial-upload-closes-no-bugs", "*");
  return [
    {
      reason: "The package is not made for Debian's archive, so there is no request for it to close.",
      lines: [line],
    },
  ];
}

/** lintian takes the calls of the helper for those that debhelper would write. */
function scriptBlocks(plan: PackagePlan, { migrates = false }: SystemFacts): Block[] {
  if (!migrates) return [];
  const line = override(plan, "maintainer-script-should-not-use-dpkg-maintscript-helper", "*");
  return [{ reason: "The package is made without debhelper, which would write these calls.", lines: [line] }];
}

function override({ package: { name } }: PackagePlan, tag: string, pattern: string): string {
  return `${name}: ${tag} ${quoteComment(pattern)}`;
}
