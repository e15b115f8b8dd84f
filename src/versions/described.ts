import { z } from "zod";
import { compareDebianVersions, isDebianVersion } from "../deb/version.ts";
import { migrationSchema } from "../documents/parse-manifest.ts";
import { readFile, writeFile } from "../effects/fs.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import type { PackageIdentity } from "../plan/types.ts";
import type { Migration, PreviousPackage } from "../plan/previous-types.ts";

const text = z.string().max(4096);
const shippedPath = text.regex(/^[^/]/);

const previousSchema: z.ZodType<PreviousPackage> = z.strictObject({
  name: text,
  version: text.refine(isDebianVersion, "a Debian version"),
  conffiles: z.record(shippedPath, z.string().regex(/^[0-9a-f]{64}$/)),
  files: z.array(shippedPath),
  directories: z.array(shippedPath),
  symlinks: z.record(shippedPath, text),
  devices: z.array(shippedPath),
  migrations: z.array(migrationSchema),
});

const describedSchema = z.strictObject({ format: z.literal(1), packages: z.array(previousSchema) });

/**
 * Writes what is known of packages, for a build that cannot read the repository they are in.
 * @param path absolute, and ends with `.json`
 */
export async function writeDescribed(path: string, packages: readonly PreviousPackage[]): Promise<void> {
  await writeFile(path, JSON.stringify({ format: 1, packages }));
}

/**
 * The previous package of this one among those that another process has described: the newest older one of its name, with
 * what other ones of its name, which other machines may have, leave behind.
 * @throws VenvdebError PLAN_BAD_PREVIOUS
 */
export async function readDescribed(
  path: string,
  { name, version }: Pick<PackageIdentity, "name" | "version">,
): Promise<PreviousPackage | undefined> {
  const [newest, ...others] = (await readPackages(path))
    .filter((each) => each.name === name && compareDebianVersions(each.version, version) < 0)
    .toSorted((a, b) => compareDebianVersions(b.version, a.version));
  return newest === undefined ? undefined : others.reduce(withLeftBehind, newest);
}

/** As if the newest had dropped the conffiles that it does not have, and handed on all migrations. */
function withLeftBehind(newest: PreviousPackage, other: PreviousPackage): PreviousPackage {
  const conffiles = Object.keys(newest.conffiles).map((one) => `/${one}`);
  const known = new Set([...conffiles, ...newest.migrations.map((migration) => migration.path)]);
  const carried = other.migrations.filter((migration) => !known.has(migration.path));
  const dropped = Object.keys(other.conffiles)
    .map((one) => `/${one}`)
    .filter((one) => !known.has(one))
    .map((one): Migration => ({ kind: "rm_conffile", path: one, through: newest.version }));
  return { ...newest, migrations: [...newest.migrations, ...carried, ...dropped] };
}

async function readPackages(file: string): Promise<readonly PreviousPackage[]> {
  try {
    const checked = describedSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
    if (checked.success) return checked.data.packages;
    throw badPrevious(
      file,
      `it is not what venvdeb sync writes: ${z.prettifyError(checked.error).slice(0, 500)}`,
    );
  } catch (error) {
    throw error instanceof VenvdebError ? error : badPrevious(file, messageOf(error), error);
  }
}

function badPrevious(file: string, problem: string, cause?: unknown): VenvdebError {
  return new VenvdebError(
    "PLAN_BAD_PREVIOUS",
    `Cannot read the description of previous packages "${file}": ${problem}`,
    { cause, exitCode: 2, hint: "give --previous a package (.deb) or REPOSITORY#SUITE, or run sync again" },
  );
}
