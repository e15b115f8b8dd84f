import { posix } from "node:path";
import { formatStanza } from "../deb/stanza.ts";
import type { InstalledDistribution } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import { parseLicense, type DeclaredLicense } from "./license.ts";
import { commonLicenseFor, copyrightNotices, quoteLicense, type LicenseText } from "./license-text.ts";
import { ownedPatterns } from "./owned-files.ts";

/** A distribution with the texts of its licence files, where they could be read. */
export type LicensedDistribution = InstalledDistribution & { readonly licenseTexts?: readonly LicenseText[] };

/**
 * The copyright file in the machine-readable format 1.0: the project first, then each distribution inside with its
 * files, licence and claims of copyright. What a distribution does not state is said to be so, never guessed.
 * @param ownTexts the project's licence files, where it is no distribution
 */
export function renderCopyright(
  plan: PackagePlan,
  distributions: readonly LicensedDistribution[],
  ownTexts: readonly LicenseText[] = [],
): string {
  const patterns = ownedPatterns(distributions);
  const base = plan.environmentPath.slice(1);
  const project = distributions.find(({ origin }) => origin === "project");
  const others = distributions.filter((distribution) => distribution !== project);
  return [
    renderHeader(plan),
    renderParagraph(["*"], `${plan.project.name} ${plan.project.version}, and what venvdeb made around it.`, {
      author: project?.metadata.author,
      maintainer: plan.package.maintainer.replace(/ *<.*/, ""),
      license: project?.metadata.license ?? plan.project.license,
      texts: project?.licenseTexts ?? ownTexts,
    }),
    ...others.map((distribution) =>
      renderParagraph(
        (patterns.get(distribution.name) ?? []).map((pattern) => posix.join(base, pattern)),
        describeOrigin(distribution),
        {
          author: distribution.metadata.author,
          license: distribution.metadata.license,
          texts: distribution.licenseTexts ?? [],
        },
      ),
    ),
  ].join("\n");
}

interface Rights {
  readonly author: string | undefined;
  /** Of the project: its packager speaks for it where it names no author. */
  readonly maintainer?: string;
  readonly license: string | undefined;
  readonly texts: readonly LicenseText[];
}

function renderHeader({ package: identity, project }: PackagePlan): string {
  return formatStanza([
    ["Format", "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"],
    ["Upstream-Name", project.name],
    ["Upstream-Contact", identity.maintainer],
    ["Source", identity.homepage],
  ]);
}

/** A distribution without files, which a hand-made wheel can be, has nothing to claim. */
function renderParagraph(patterns: readonly string[], comment: string, rights: Rights): string {
  if (patterns.length === 0) return "";
  const license = parseLicense(rights.license);
  return formatStanza([
    ["Files", patterns.join("\n")],
    ["Copyright", claims(rights).join("\n")],
    ["License", `${shortName(license)}\n${licenseWords(license, rights)}`],
    ["Comment", oneLine(comment)],
  ]);
}

function describeOrigin({ displayName, version, origin, metadata }: InstalledDistribution): string {
  const source = origin === "index" ? "as published" : "built from its published source";
  return `${displayName} ${version}, ${source}${metadata.homepage === undefined ? "" : `: ${metadata.homepage}`}`;
}

function claims({ author, maintainer, texts }: Rights): string[] {
  const notices = texts.flatMap(({ text }) => copyrightNotices(text));
  if (notices.length > 0) return [...new Set(notices)];
  if (author !== undefined && oneLine(author) !== "") return [`${oneLine(author)} (author; no notice)`];
  return [maintainer === undefined ? "not stated" : `${oneLine(maintainer)} (maintainer; no notice)`];
}

function shortName(license: DeclaredLicense): string {
  if (license.kind === "id") return license.id;
  if (license.kind === "unknown") return "unknown";
  if (license.kind === "name")
    return license.name.replaceAll(/[^A-Za-z0-9.+]+/g, "-").replaceAll(/^-|-$/g, "") || "other";
  return license.expression
    .replaceAll(" AND ", " and ")
    .replaceAll(" OR ", " or ")
    .replaceAll(/ WITH (\S+)/g, " with $1 exception");
}

function licenseWords(license: DeclaredLicense, { texts }: Rights): string {
  const common = license.kind === "id" ? commonLicenseFor(license.id) : undefined;
  const stated = license.kind === "name" ? [`Stated as: ${oneLine(license.name)}`] : [];
  if (texts.length > 0) return [...stated, ...texts.map(quoteLicense)].join("\n\n");
  if (common !== undefined) return `The text is in /usr/share/common-licenses/${common}.`;
  const missing =
    license.kind === "unknown"
      ? "No licence is stated and no text is shipped."
      : "No text of the licence is shipped.";
  return [...stated, missing].join("\n\n");
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
}
