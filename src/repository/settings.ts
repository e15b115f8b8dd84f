import { VenvdebError, messageOf } from "../errors.ts";
import { settingsProblems, settingsSchema } from "./settings-schema.ts";
import type { Storage } from "./storage/types.ts";
import type { RepositorySettings } from "./types.ts";

/** Where the settings of a repository are kept. */
export const SETTINGS_PATH = "venvdeb/repository.json";

/** One change of what apt clients hold a suite to. */
export interface IdentityChange {
  readonly field: "Origin" | "Label" | "Codename";
  /** Of the Codename. */
  readonly suite?: string;
  readonly before: string;
  readonly after: string;
  /** What it does to every client, a sentence. */
  readonly effect: string;
}

/**
 * Reads the settings of a repository.
 * @throws VenvdebError REPO_MISSING, REPO_BAD_SETTINGS
 */
export async function readSettings(
  storage: Storage,
): Promise<{ readonly settings: RepositorySettings; readonly version: string }> {
  const stored = await storage.read(SETTINGS_PATH);
  if (stored === undefined)
    throw new VenvdebError(
      "REPO_MISSING",
      `Cannot open the repository "${storage.url}": it has no ${SETTINGS_PATH}`,
      { hint: `venvdeb repo init ${storage.url}` },
    );
  return { settings: parseSettings(stored.bytes.toString()), version: stored.version };
}

/**
 * Checks the text of the settings.
 * @throws VenvdebError REPO_BAD_SETTINGS with every mistake
 */
export function parseSettings(text: string): RepositorySettings {
  const result = settingsSchema.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw badSettings(settingsProblems(result.error).join("\n  "));
}

/**
 * Writes the settings if they still are of the given version, `undefined`: if there are none.
 * @returns their new version
 * @throws VenvdebError REPO_BAD_SETTINGS, REPO_SETTINGS_CHANGED
 */
export async function writeSettings(
  storage: Storage,
  settings: RepositorySettings,
  version: string | undefined,
): Promise<string> {
  const text = `${JSON.stringify(settings, undefined, 2)}\n`;
  parseSettings(text);
  const outcome = await storage.replace(SETTINGS_PATH, Buffer.from(text), version);
  if (outcome !== "conflict") return outcome.version;
  const problem =
    version === undefined ? "there is a repository already" : "somebody else has changed them meanwhile";
  throw new VenvdebError(
    "REPO_SETTINGS_CHANGED",
    `Cannot write the settings of "${storage.url}": ${problem}`,
    { hint: version === undefined ? `venvdeb repo list ${storage.url}` : "run the command again" },
  );
}

/** What a change of settings would do to clients that know the repository: apt stops when these fields change. */
export function identityChanges(before: RepositorySettings, after: RepositorySettings): IdentityChange[] {
  const codenames = before.suites.flatMap(({ name, codename }) => {
    const now = after.suites.find((suite) => suite.name === name)?.codename ?? codename;
    return changed("Codename", codename, now, name);
  });
  return [
    ...changed("Origin", before.origin, after.origin),
    ...changed("Label", before.label, after.label),
    ...codenames,
  ];
}

function changed(
  field: IdentityChange["field"],
  before: string,
  after: string,
  suite?: string,
): IdentityChange[] {
  if (before === after) return [];
  return [{ field, before, after, effect: effectOf(field), ...(suite === undefined ? {} : { suite }) }];
}

function effectOf(field: IdentityChange["field"]): string {
  const pins = { Origin: "release o=", Label: "release l=", Codename: "release n=" }[field];
  return `"apt-get update" fails on every machine that has the repository until somebody accepts the change there (apt-get update --allow-releaseinfo-change), unattended upgrades stop, and pins by "${pins}" no longer match`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badSettings(messageOf(error));
  }
}

function badSettings(problems: string): VenvdebError {
  return new VenvdebError("REPO_BAD_SETTINGS", `Cannot read "${SETTINGS_PATH}":\n  ${problems}`, {
    hint: `correct ${SETTINGS_PATH} in the repository, or give "venvdeb repo" the setting that it asks for`,
    exitCode: 2,
  });
}
