import { join, posix } from "node:path";
import type { Layer, PackageEntry } from "../deb/entry.ts";
import type { ExplainedRelation } from "../dependencies/types.ts";
import { lstatSync, readdirSync, readFileSync } from "../effects/fs.ts";
import type { BuiltEnvironment, InstalledDistribution } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { Migration } from "../plan/previous-types.ts";
import { changelogEntry } from "./changelog.ts";
import { renderCopyright } from "./copyright.ts";
import type { LicenseText } from "./license-text.ts";
import type { Manifest } from "./manifest.ts";
import { renderManifest } from "./manifest-render.ts";
import { renderSbom } from "./sbom.ts";

export interface DocumentsInput {
  readonly plan: PackagePlan;
  readonly environment: BuiltEnvironment;
  /** What was found out of the objects, as resolveLibraries gives it. */
  readonly relations: readonly ExplainedRelation[];
  /** The environment's layers, for the manifest. */
  readonly layers: readonly Layer[];
  /** The package's: `all` or the target's. */
  readonly architecture: string;
  readonly tool: Manifest["tool"];
  /** What the maintainer scripts do for older versions. */
  readonly migrations?: readonly Migration[];
}

/** What goes into /usr/share/doc/<name>: copyright, changelog, bill of materials, manifest. */
export function renderDocuments(input: DocumentsInput): PackageEntry[] {
  const { plan, environment, relations } = input;
  const { distributions } = environment;
  const licensed = distributions.map((distribution) =>
    Object.assign({ licenseTexts: readLicenseTexts(plan, environment.root, distribution) }, distribution),
  );
  return [
    document(
      plan,
      "copyright",
      renderCopyright(plan, licensed, plan.hasEnvironment ? [] : ownLicenses(plan)),
    ),
    changelogEntry(plan),
    document(plan, "sbom.cdx.json", renderSbom(plan, distributions, relations)),
    document(plan, "venvdeb.json", renderManifest({ ...input, distributions })),
  ];
}

function document({ package: { name } }: PackagePlan, file: string, text: string): PackageEntry {
  return { kind: "data", path: `usr/share/doc/${name}/${file}`, mode: 0o644, data: Buffer.from(text) };
}

/** The texts of the licence files of a distribution that is staged below `root`, or was by an earlier build. */
export function readLicenseTexts(
  { environmentPath }: PackagePlan,
  root: string,
  { kept, metadata }: InstalledDistribution,
): readonly LicenseText[] {
  if (kept) return kept.licenseTexts;
  return metadata.licenseFiles.flatMap((file): LicenseText[] => {
    const path = posix.join(environmentPath, file);
    const text = readText(join(root, path));
    return text === undefined ? [] : [{ path, text }];
  });
}

/** Without an environment no metadata names the project's texts: they are where its authors have them. */
function ownLicenses({ project: { directory } }: PackagePlan): LicenseText[] {
  const names = readdirSync(directory).filter((name) =>
    /^(?:LICEN[CS]E|COPYING|NOTICE)(?:[.-].*)?$/i.test(name),
  );
  return names.toSorted().flatMap((name): LicenseText[] => {
    const text = readText(join(directory, name));
    return text === undefined ? [] : [{ path: name, text }];
  });
}

/** A wheel may name anything as its licence: what is no text of sane size is left to the package's files. */
function readText(path: string): string | undefined {
  const stats = lstatSync(path);
  if (!stats.isFile() || stats.size > LARGEST) return undefined;
  const bytes = readFileSync(path);
  return bytes.includes(0) ? undefined : bytes.toString("utf8");
}

const LARGEST = 2_000_000;
