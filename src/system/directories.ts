import type { PackageEntry } from "../deb/entry.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { DirectoryPlan, ServicePlan } from "../plan/system-types.ts";
import { formatMode } from "./format-mode.ts";
import { requireDataPath, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import { isStartedBy, unitFileName } from "./service-instances.ts";
import { unitFolder } from "./service-systemd.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * Folders for data: shipped, and given to their owner by postinst; those below /run are made by systemd-tmpfiles at
 * each start. Services, which may write to their own folders only, get a drop-in that opens these to them. A purge
 * removes what is marked, unless another package has something in it; dpkg removes the others when they are empty.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeDirectories(plan: PackagePlan): SystemPart {
  const runtime = plan.directories.filter(isRuntime);
  const lasting = plan.directories.filter((directory) => !isRuntime(directory));
  return {
    entries: [
      ...lasting.map(makeEntry),
      ...tmpfilesEntries(plan, runtime),
      ...plan.services.flatMap((service) => openToService(plan, service)),
    ],
    fragments: {
      postinst: [
        ...lasting.filter(({ owner }) => owner.user !== "root" || owner.group !== "root").map(setOwner),
        ...runtime.map((directory) => makeRuntime(plan, directory)),
      ],
      // prerm and postrm run their blocks backwards: a folder goes before the one that it is in.
      postrm: plan.directories.filter(({ purge }) => purge).map((directory) => remove(plan, directory)),
    },
  };
}

function isRuntime({ path }: DirectoryPlan): boolean {
  return path.startsWith("/run/");
}

function makeEntry({ path, mode, owner }: DirectoryPlan): PackageEntry {
  return {
    kind: "directory",
    path: requireDataPath(path).slice(1),
    mode,
    owner: { user: requireUserName(owner.user), group: requireUserName(owner.group) },
  };
}

function tmpfilesEntries(plan: PackagePlan, directories: readonly DirectoryPlan[]): PackageEntry[] {
  if (directories.length === 0) return [];
  const text = renderTemplate("tmpfiles/directories.liquid", {
    package: plan.package.name,
    lines: directories,
  });
  return [{ kind: "data", path: tmpfilesPath(plan).slice(1), mode: 0o644, data: Buffer.from(text) }];
}

/** Those that the service's user or group has; the rest stays read-only for it. A template's drop-in holds for all instances. */
function openToService(plan: PackagePlan, service: ServicePlan): PackageEntry[] {
  const { user, group } = service;
  const paths = plan.directories
    .filter(({ owner }) => owner.user === user || owner.group === group)
    .map(({ path }) => requireDataPath(path));
  if (paths.length === 0 || !isStartedBy(service, "systemd")) return [];
  const name = `${unitFileName(service)}.service`;
  const text = renderTemplate("systemd/directories.liquid", { unit: name, paths });
  const path = `${unitFolder(plan)}/${name}.d/directories.conf`;
  return [{ kind: "data", path, mode: 0o644, data: Buffer.from(text) }];
}

function tmpfilesPath(plan: PackagePlan): string {
  return `/usr/lib/tmpfiles.d/${plan.package.name}.conf`;
}

function setOwner(directory: DirectoryPlan): Fragment {
  const { path, mode, owner } = directory;
  return {
    origin: originOf(directory),
    text: renderTemplate("maintainer-scripts/directory.postinst.sh.liquid", {
      path,
      mode: formatMode(mode),
      user: owner.user,
      group: owner.group,
    }),
  };
}

function makeRuntime(plan: PackagePlan, directory: DirectoryPlan): Fragment {
  const { path, mode, owner } = directory;
  return {
    origin: originOf(directory),
    text: renderTemplate("maintainer-scripts/runtime-directory.postinst.sh.liquid", {
      file: tmpfilesPath(plan),
      path: requireDataPath(path),
      mode: formatMode(mode),
      user: requireUserName(owner.user),
      group: requireUserName(owner.group),
    }),
  };
}

function remove(plan: PackagePlan, directory: DirectoryPlan): Fragment {
  const { path } = directory;
  return {
    origin: originOf(directory),
    text: renderTemplate("maintainer-scripts/state-directory.postrm.sh.liquid", {
      path,
      package: plan.package.name,
      warning: `${plan.package.name}: ${path} was not removed`,
    }),
  };
}

function originOf({ path }: DirectoryPlan): string {
  return `folder ${path} (directories of [tool.venvdeb])`;
}
