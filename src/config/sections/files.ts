import { z } from "zod";
import { absolutePathProblem, checkedText, defined, projectPath, text } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { FileConfig, FilesConfig } from "../types.ts";

const fileTable = z.strictObject({
  source: projectPath().meta({ description: "Path in the project." }),
  mode: text(/^0?[0-7]{3,4}$/, 'permission bits in quotes, such as "0640"')
    .meta({ description: 'Default: "0755" when the source is executable, else "0644".', examples: ["0640"] })
    .exactOptional(),
  owner: text(/^[a-z_][a-z0-9_-]{0,30}(?::[a-z_][a-z0-9_-]{0,30})?$/, '"user" or "user:group"')
    .meta({ description: "User and group that own it.", default: "root:root", examples: ["root:hello-web"] })
    .exactOptional(),
  conffile: z
    .boolean()
    .meta({ description: "Kept when an administrator edits it. Default: true below /etc, else false." })
    .exactOptional(),
});

type RawFile = string | z.output<typeof fileTable>;

const fileSource = z.union([projectPath(), fileTable]).meta({
  description: "Path in the project, or a table.",
  examples: ["etc/hello.toml", { source: "etc/hello.toml", mode: "0640", owner: "root:hello-web" }],
});

/** What is put on the machine outside the environment. */
export const files = defineSection({
  shape: {
    links: z
      .record(checkedText(filePathProblem), checkedText(linkTargetProblem))
      .meta({
        description: "Symbolic links: where it is to what it points to, below the environment or absolute.",
        examples: [{ "/usr/bin/hello": "bin/hello" }],
      })
      .exactOptional(),
    files: z
      .record(checkedText(filePathProblem), fileSource)
      .superRefine((table, context) => {
        for (const [path, file] of Object.entries(table)) {
          if (typeof file === "object" && file.conffile === false && path.startsWith("/etc/")) {
            context.addIssue({
              code: "custom",
              path: [path, "conffile"],
              message: "true: below /etc every file is a conffile (Policy 10.7.2)",
            });
          }
        }
      })
      .meta({
        description: "Files: where each one goes to where it is in the project.",
        examples: [{ "/etc/hello/hello.toml": "etc/hello.toml" }],
      })
      .exactOptional(),
  },
  normalize: (raw): FilesConfig => ({
    links: raw.links ?? {},
    files: Object.fromEntries(
      Object.entries(raw.files ?? {}).map(([path, file]) => [path, normalizeFile(path, file)]),
    ),
  }),
});

function normalizeFile(path: string, raw: RawFile): FileConfig {
  const { source, mode, owner = "root:root", conffile } = typeof raw === "string" ? { source: raw } : raw;
  const [user = "root", group = user] = owner.split(":");
  return {
    source,
    ...defined({ mode: mode === undefined ? undefined : Number.parseInt(mode, 8) }),
    owner: { user, group },
    conffile: conffile ?? path.startsWith("/etc/"),
  };
}

/** Places that belong to the administrator, to users, or that are empty after a start (Policy 9.1, FHS). */
const NOT_FOR_PACKAGES =
  /^\/(?:usr\/local|home|root|tmp|var\/tmp|var\/run|var\/lock|proc|sys|dev|run|mnt|media)(?:\/|$)/;

function filePathProblem(path: string): string | undefined {
  const problem = absolutePathProblem(path);
  if (problem !== undefined) return problem;
  if (NOT_FOR_PACKAGES.test(path)) return "a path where packages may put files (Policy 9.1.2)";
  return path.split("/").length < 3 ? "a path in a folder below /" : undefined;
}

/** Python finds its environment by the path that it was started with, so a link from outside to it loses the modules. */
function linkTargetProblem(target: string): string | undefined {
  if (target.startsWith("/")) return absolutePathProblem(target);
  if (/^bin\/python[\d.]*$/.test(target)) {
    return "a script of the environment: a link to its python does not find the modules";
  }
  return absolutePathProblem(`/${target}`) === undefined && target !== ""
    ? undefined
    : 'an absolute path, or one below the environment such as "bin/hello"';
}
