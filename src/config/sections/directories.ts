import { z } from "zod";
import { absolutePathProblem, checkedText, text } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { DirectoriesConfig, DirectoryConfig } from "../types.ts";

const directoryTable = z.strictObject({
  path: checkedText(directoryProblem).meta({
    description: "Absolute path, of the package alone.",
    examples: ["/var/lib/hello-web/uploads"],
  }),
  mode: text(/^0?[0-7]{3,4}$/, 'permission bits in quotes, such as "0750"')
    .meta({ description: "Permission bits.", default: "0755" })
    .exactOptional(),
  owner: text(/^[a-z_][a-z0-9_-]{0,30}(?::[a-z_][a-z0-9_-]{0,30})?$/, '"user" or "user:group"')
    .meta({
      description:
        "User and group that own it. Default: the package's system user below /var, /run and /srv, else root.",
      examples: ["hello-web:www-data"],
    })
    .exactOptional(),
  purge: z
    .boolean()
    .meta({
      description:
        "Whether a purge removes it with all that is in it. Default: true below /var/lib, /var/log, /var/cache, /var/spool and /run, else false.",
    })
    .exactOptional(),
});

/** Folders for data. */
export const directories = defineSection({
  shape: {
    directories: z
      .array(directoryTable)
      .superRefine((tables, context) => {
        for (const [index, { path }] of tables.entries())
          if (tables.findIndex((other) => other.path === path) < index)
            context.addIssue({ code: "custom", path: [index, "path"], message: "each folder once" });
      })
      .meta({
        description: "Folders for data, with their owners, made at installation.",
        examples: [[{ path: "/var/lib/hello-web/uploads", mode: "0750" }]],
      })
      .exactOptional(),
  },
  normalize: (raw): DirectoriesConfig => ({ directories: (raw.directories ?? []).map(normalizeDirectory) }),
});

function normalizeDirectory(raw: z.output<typeof directoryTable>): DirectoryConfig {
  const [user, group = user] = raw.owner?.split(":") ?? [];
  return {
    path: raw.path,
    mode: Number.parseInt(raw.mode ?? "0755", 8),
    ...(user === undefined || group === undefined ? {} : { owner: { user, group } }),
    purge: raw.purge ?? /^\/(?:var\/(?:lib|log|cache|spool)|run)\//.test(raw.path),
  };
}

/** Below places for the data of programs (FHS 3 to 5). A purge may remove it, so nothing that others share will do. */
function directoryProblem(path: string): string | undefined {
  const problem = absolutePathProblem(path);
  if (problem !== undefined) return problem;
  if (!/^[A-Za-z0-9._+@/-]+$/.test(path)) return "a path of letters, digits and . _ + - @";
  if (!/^\/(?:var\/(?:lib|log|cache|spool|opt)|srv|opt|etc|run|usr\/(?:share|lib))\/[^/]/.test(path))
    return "a folder below /var/lib, /var/log, /var/cache, /var/spool, /var/opt, /srv, /opt, /etc, /run, /usr/share or /usr/lib";
  return SHARED.test(path) ? "a folder that belongs to this package alone" : undefined;
}

/** Folders that every system has, or that belong to the package manager. */
const SHARED =
  /^\/(?:var\/(?:lib\/(?:dpkg|apt|systemd|misc|private)|log\/(?:apt|private|journal)|cache\/(?:apt|debconf|private)|spool\/(?:cron|mail))(?:\/|$)|etc\/(?:cron\.[a-z]+|default|init\.d|logrotate\.d|systemd|apt|dpkg|ssl|ssh|pam\.d|profile\.d|sudoers\.d|tmpfiles\.d|sysusers\.d|rc[0-9S]\.d)(?:\/|$)|run\/(?:systemd|user|lock|dbus|udev)(?:\/|$)|usr\/lib\/(?:python[\d.]*|[a-z0-9_]+-linux-[a-z0-9_]+|systemd|sysusers\.d|tmpfiles\.d|modules|firmware|locale|ssl|debug|apt|dpkg|init|udev)(?:\/|$)|usr\/share\/(?:doc|man|lintian|python3|bug|doc-base|dbus-1|zoneinfo|locale|info)(?:\/|$))/;
