import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import { parseRelation } from "../deb/relations.ts";
import type { ExplainedRelation } from "../dependencies/types.ts";
import type { InstalledDistribution } from "../environment/types.ts";
import type { PackagePlan } from "../plan/types.ts";
import { normalizeName } from "../python/normalize-name.ts";
import type { BuildHistory } from "../vcs/build-history.ts";
import { parseLicense } from "./license.ts";
import { publishedDigest } from "./published-digest.ts";

/**
 * A CycloneDX 1.6 bill of materials as JSON: the distributions inside the package and the Debian packages that it
 * needs, each with its purl, and who needs whom. The same for the same input: it has the plan's time and no serial number.
 */
export function renderSbom(
  plan: PackagePlan,
  distributions: readonly InstalledDistribution[],
  relations: readonly ExplainedRelation[],
): string {
  const python = new Map(
    distributions.map((distribution) => [distribution.name, distributionComponent(distribution)]),
  );
  const debian = debianComponents(plan, relations);
  linkDistributions(distributions, python);
  linkObjects(relations, python, debian);
  const root = packageComponent(plan, [...python.values(), ...debian.values()]);
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ timestamp: new Date(plan.timestamp * 1000), component: root }),
    components: new Models.ComponentRepository([...python.values(), ...debian.values()]),
  });
  // The library sorts by the machine's locale; everything was put in here in a fixed order.
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: false, space: 2 })}\n`;
}

function packageComponent(plan: PackagePlan, parts: readonly Models.Component[]): Models.Component {
  const { name, version, synopsis } = plan.package;
  const { history } = plan;
  return new Models.Component(Enums.ComponentType.Application, name, {
    bomRef: `package:${name}`,
    version,
    description: synopsis,
    dependencies: new Models.BomRefRepository(parts.map(({ bomRef }) => bomRef)),
    ...(history === undefined
      ? {}
      : {
          externalReferences: new Models.ExternalReferenceRepository(repositoryReference(history)),
          properties: new Models.PropertyRepository([new Models.Property("venvdeb:commit", history.commit)]),
        }),
  });
}

function repositoryReference({ url, commit }: BuildHistory): Models.ExternalReference[] {
  if (url === undefined) return [];
  return [
    new Models.ExternalReference(url, Enums.ExternalReferenceType.VCS, { comment: `commit ${commit}` }),
  ];
}

function distributionComponent(distribution: InstalledDistribution): Models.Component {
  const { name, displayName, version, origin, metadata } = distribution;
  const sha256 = publishedDigest(distribution);
  const purl = new PackageURL("pypi", undefined, name, version).toString();
  return new Models.Component(Enums.ComponentType.Library, displayName, {
    bomRef: purl,
    purl,
    version,
    scope: Enums.ComponentScope.Required,
    ...(metadata.summary === undefined ? {} : { description: metadata.summary }),
    licenses: new Models.LicenseRepository(declaredLicenses(metadata.license)),
    hashes: new Models.HashDictionary(sha256 === undefined ? [] : [[Enums.HashAlgorithm["SHA-256"], sha256]]),
    properties: new Models.PropertyRepository([new Models.Property("venvdeb:origin", origin)]),
  });
}

function declaredLicenses(text: string | undefined): Models.License[] {
  const license = parseLicense(text);
  if (license.kind === "id") return [new Models.SpdxLicense(license.id)];
  if (license.kind === "expression") return [new Models.LicenseExpression(license.expression)];
  return license.kind === "name" ? [new Models.NamedLicense(license.name)] : [];
}

/** By package name. A bound is not a version, so the purl has none; the relation stands beside it. */
function debianComponents(
  plan: PackagePlan,
  relations: readonly ExplainedRelation[],
): Map<string, Models.Component> {
  const declared = [
    ...plan.relations.preDepends.map((relation) => ({ relation, field: "Depends" as const })),
    ...plan.relations.depends.map((relation) => ({ relation, field: "Depends" as const })),
    ...plan.relations.recommends.map((relation) => ({ relation, field: "Recommends" as const })),
    ...relations,
  ];
  const components = new Map<string, Models.Component>();
  for (const { relation, field } of declared)
    for (const { name } of parseRelation(relation))
      if (!components.has(name)) components.set(name, debianComponent(plan, name, { relation, field }));
  return new Map([...components].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function debianComponent(
  { target }: PackagePlan,
  name: string,
  { relation, field }: Pick<ExplainedRelation, "relation" | "field">,
): Models.Component {
  const purl = new PackageURL("deb", target.distribution, name, undefined, {
    distro: target.codename,
  }).toString();
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: purl,
    purl,
    scope: field === "Depends" ? Enums.ComponentScope.Required : Enums.ComponentScope.Optional,
    properties: new Models.PropertyRepository([new Models.Property(`debian:${field}`, relation)]),
  });
}

/** Requires-Dist, as far as it is installed; what only an extra asks for is left out. */
function linkDistributions(
  distributions: readonly InstalledDistribution[],
  components: ReadonlyMap<string, Models.Component>,
): void {
  for (const { name, metadata } of distributions) {
    const names = metadata.requires
      .filter((line) => !/\bextra\s*(?:==|in)/.test(line))
      .map((line) => normalizeName(/^[A-Za-z0-9._-]+/.exec(line.trim())?.[0] ?? ""));
    for (const required of [...new Set(names)].toSorted())
      link(components.get(name), components.get(required));
  }
}

/** Which distribution's objects need which Debian package. */
function linkObjects(
  relations: readonly ExplainedRelation[],
  python: ReadonlyMap<string, Models.Component>,
  debian: ReadonlyMap<string, Models.Component>,
): void {
  for (const { relation, reasons } of relations)
    for (const alternative of parseRelation(relation))
      for (const { distribution } of reasons)
        if (distribution !== undefined) link(python.get(distribution), debian.get(alternative.name));
}

function link(from: Models.Component | undefined, to: Models.Component | undefined): void {
  if (from !== undefined && to !== undefined && from !== to) from.dependencies.add(to.bomRef);
}
