import { posix } from "node:path";
import type { PackageEntry } from "../deb/entry.ts";
import { assetPath } from "../effects/assets.ts";
import { readFileSync } from "../effects/fs.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { GeneratedFilePlan } from "../plan/system-types.ts";
import { requirePath, requirePlainPath, requireUnitName, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * Files that postinst makes: at `configure`, and when a trigger says that a fragment came or went. A helper of Python
 * (data/python/generate.py) does it, from what is shipped below /usr/share/<package>/generate; its notes are below
 * /var/lib/venvdeb, since systemd gives all of a service's /var/lib/<name> to its user. The outputs are no conffiles
 * (Policy 10.7.3): an operator's edits are merged, `remove` keeps them, `purge` does not.
 *
 * A template is text with places: `${KEY}` a value, `${KEY:json}` and `${KEY:sh}` a value quoted for JSON (and TOML,
 * YAML, Python) or a shell, `$${` the characters `${`, and a line `@FRAGMENTS@`. Nothing else is special in it.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeGenerated(plan: PackagePlan): SystemPart {
  if (!plan.hasEnvironment) return { entries: [], fragments: {}, triggers: announceFragments(plan) };
  if (plan.generated.length === 0) return { entries: [], fragments: {} };
  const folders = fragmentFolders(plan);
  return {
    entries: [...folders.map(folderEntry), ...shippedEntries(plan)],
    fragments: { postinst: [make(plan)], postrm: [purge(plan)] },
    triggers: folders.map((folder) => `interest-noawait ${folder}`),
  };
}

/** Where the notes of generated files are, one each and the answers to questions. */
export function notesFolder({ package: { name } }: PackagePlan): string {
  return `/var/lib/venvdeb/${name}/generated`;
}

/**
 * dpkg keeps the conffiles of a removed package and fires no file trigger for them, so a package that only brings
 * files says so itself. Nobody is bothered who has no interest.
 */
function announceFragments({ files }: PackagePlan): string[] {
  const folders = files
    .filter(({ path, conffile }) => conffile && !/\s/.test(path))
    .map(({ path }) => posix.dirname(requirePath(path)));
  return [...new Set(folders)].map((folder) => `activate-noawait ${folder}`);
}

function fragmentFolders({ generated }: PackagePlan): string[] {
  return [...new Set(generated.flatMap(({ from }) => from))].map(requirePlainPath);
}

function folderEntry(folder: string): PackageEntry {
  return { kind: "directory", path: folder.slice(1), mode: 0o755 };
}

function shippedEntries(plan: PackagePlan): PackageEntry[] {
  const entry = (name: string, data: Uint8Array): PackageEntry => ({
    kind: "data",
    path: posix.join(sharedFolder(plan), name).slice(1),
    mode: 0o644,
    data,
  });
  return [
    entry("generate.py", readFileSync(assetPath("data/python/generate.py"))),
    entry("generate.json", Buffer.from(`${JSON.stringify(describe(plan), null, 2)}\n`)),
    ...plan.generated.map((file) => entry(templateName(file), Buffer.from(file.template))),
  ];
}

function sharedFolder({ package: { name } }: PackagePlan): string {
  return `/usr/share/${name}/generate`;
}

function templateName({ id }: GeneratedFilePlan): string {
  return `${id}.template`;
}

/** What the helper reads. */
function describe(plan: PackagePlan): object {
  const { generated, services, package: identity } = plan;
  const questions = generated.flatMap((file) => file.questions);
  return {
    package: identity.name,
    state: notesFolder(plan),
    defaults: `/etc/default/${identity.name}`,
    values: Object.assign(
      Object.fromEntries(questions.map(({ key, default: text }) => [key, text])),
      ...generated.map(({ defaults }) => defaults),
    ),
    outputs: generated.map((file) => {
      const units = file.reload === undefined ? [] : [unitOf(file.reload)];
      const isOwn = services.some(({ unit }) => unit === file.reload);
      return {
        path: requirePlainPath(file.output),
        template: posix.join(sharedFolder(plan), templateName(file)),
        from: file.from,
        mode: file.mode.toString(8).padStart(4, "0"),
        user: requireUserName(file.owner.user),
        group: requireUserName(file.owner.group),
        // An own service is started, restarted or left at `configure` as its settings have it.
        reload: { configure: isOwn ? [] : units, triggered: units },
      };
    }),
  };
}

function make(plan: PackagePlan): Fragment {
  const { name } = plan.package;
  const { minor } = plan.target.python;
  const outputs = plan.generated.map(({ output }) => output).join(", ");
  const folders = fragmentFolders(plan);
  const units = [...new Set(plan.generated.flatMap(({ reload }) => reload ?? []))].map(unitOf);
  return {
    origin: `${outputs} ([tool.venvdeb.generate])`,
    text: renderTemplate("maintainer-scripts/generate.postinst.sh.liquid", {
      python: `${plan.stablePath}/bin/python${minor}`,
      interpreter: posix.basename(plan.target.python.path),
      helper: `${sharedFolder(plan)}/generate.py`,
      spec: `${sharedFolder(plan)}/generate.json`,
      folders: folders.length === 0 ? [""] : folders,
      missing: `${name}: ${outputs} not made: there is no python${minor}. Install it, then: dpkg-reconfigure ${name}`,
      broken: `${name}: ${outputs} not made. When the reason above is gone: dpkg-reconfigure ${name}`,
      reloads: units.map((unit) => reloadUnit(name, unit)).join("") || "    :",
    }),
  };
}

function reloadUnit(name: string, unit: string): string {
  const warning = `${name}: ${unit} did not take its new configuration. It says why in: journalctl -u ${unit}`;
  return renderTemplate("maintainer-scripts/generate-reload.sh.liquid", { unit, warning });
}

function purge(plan: PackagePlan): Fragment {
  return {
    origin: "generated configuration ([tool.venvdeb.generate])",
    text: renderTemplate("maintainer-scripts/generate-purge.postrm.sh.liquid", {
      package: plan.package.name,
      notes: notesFolder(plan),
    }),
  };
}

function unitOf(unit: string): string {
  return `${requireUnitName(unit)}.service`;
}
