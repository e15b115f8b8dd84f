import { mergeRelations } from "../deb/relations.ts";
import type { ControlFile } from "../deb/types.ts";
import type { PackagePlan, Relations } from "../plan/types.ts";
import { planMigrations } from "../versions/migrations/plan.ts";
import { contributeDirectories } from "./directories.ts";
import { contributeEnvironment } from "./environment.ts";
import { contributeFiles } from "./files.ts";
import { contributeJobs } from "./jobs.ts";
import { contributeLinks } from "./links.ts";
import { contributeLintianOverrides } from "./lintian-overrides.ts";
import { contributeGenerated } from "./generate.ts";
import { joinMaintainerScripts } from "./maintainer-scripts.ts";
import { contributeMigrations } from "./migrations.ts";
import { contributeMigration } from "./migration.ts";
import { contributeOperatorCommand } from "./operator-command.ts";
import { contributeOwnScripts } from "./own-scripts.ts";
import { contributeQuestions, forgetAnswers } from "./questions.ts";
import { contributeServices, contributeServiceVerdict } from "./service.ts";
import { contributeOwnTriggers } from "./own-triggers.ts";
import { contributeRotations } from "./rotations.ts";
import { contributeStateDirectories } from "./state-directories.ts";
import { contributeTriggers } from "./triggers.ts";
import type { SystemFacts, SystemFiles, SystemPart } from "./types.ts";
import { contributeUsers } from "./users.ts";

/**
 * Who adds to the package, in the order of postinst; prerm and postrm run it backwards. The user's own postinst finds
 * users and files in place and runs before the services start; their own prerm and postrm run after the services are
 * stopped and before anything is removed.
 */
const CONTRIBUTORS: readonly ((plan: PackagePlan, facts: SystemFacts) => SystemPart)[] = [
  contributeUsers,
  contributeStateDirectories,
  contributeDirectories,
  contributeFiles,
  contributeLinks,
  contributeEnvironment,
  contributeGenerated,
  contributeRotations,
  contributeOperatorCommand,
  contributeOwnScripts,
  contributeMigration,
  contributeServices,
  contributeJobs,
  contributeTriggers,
  contributeOwnTriggers,
  forgetAnswers,
  contributeServiceVerdict,
];

/**
 * Renders what the machine needs around the environment: units, users, files, links, maintainer scripts, triggers.
 * Reads nothing but the sources of shipped files and the templates.
 * @throws VenvdebError SYSTEM_BAD_NAME, SYSTEM_BAD_VALUE, SYSTEM_FILE_MISSING, SYSTEM_FILE_KIND, SYSTEM_FILE_OUTSIDE,
 *   SYSTEM_SCRIPT_SHELL, PLAN_KIND_CHANGE, PLAN_FOLDER_WITH_CONFFILES, PLAN_BAD_RENAME,
 *   SYSTEM_COMMAND_TAKEN
 */
export function renderSystem(plan: PackagePlan, facts: SystemFacts): SystemFiles {
  const shipping = CONTRIBUTORS.map((contribute) => contribute(plan, facts));
  const shipped = shipping.flatMap(({ entries }) => entries);
  const migrations = planMigrations(plan, [...(facts.environment ?? []), ...shipped]);
  const parts = [
    // debconf starts a script again from its top.
    contributeQuestions(plan),
    contributeMigrations(plan, migrations),
    ...shipping,
    contributeLintianOverrides(plan, { ...facts, migrates: migrations.length > 0 }),
  ];
  return {
    entries: parts.flatMap(({ entries }) => entries),
    migrations,
    controlFiles: [
      ...joinMaintainerScripts(plan, parts),
      ...renderTriggers(parts),
      ...parts.flatMap(({ controlFiles }) => controlFiles ?? []),
    ],
    relations: joinRelations(parts),
  };
}

/** Ends with a newline, without which dpkg refuses the package. */
function renderTriggers(parts: readonly SystemPart[]): ControlFile[] {
  const lines = [...new Set(parts.flatMap(({ triggers }) => triggers ?? []))];
  return lines.length === 0 ? [] : [{ name: "triggers", content: `${lines.join("\n")}\n`, mode: 0o644 }];
}

function joinRelations(parts: readonly SystemPart[]): Partial<Relations> {
  const join = (key: keyof Relations) =>
    mergeRelations(parts.flatMap(({ relations }) => relations?.[key] ?? []));
  return Object.fromEntries(
    RELATION_FIELDS.map((key) => [key, join(key)] as const).filter(([, joined]) => joined.length > 0),
  );
}

const RELATION_FIELDS = [
  "depends",
  "preDepends",
  "recommends",
  "suggests",
  "conflicts",
  "breaks",
  "replaces",
  "provides",
] as const satisfies (keyof Relations)[];
