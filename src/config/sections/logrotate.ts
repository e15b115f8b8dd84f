import { z } from "zod";
import { checkedText, defined, list, text } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { LogrotateConfig, RotationConfig } from "../types.ts";
import { normalizeCommand } from "./command-words.ts";
import { command } from "./services.ts";

const rotationShape = {
  paths: list(
    checkedText((path) =>
      /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._+@*?%-]+){2,}$/.test(path)
        ? undefined
        : "an absolute path of letters, digits and . _ + - @ %, with * and ? as patterns",
    ),
  )
    .min(1, "at least one path")
    .meta({
      description: "The log files, absolute, with patterns.",
      examples: [["/var/log/hello-web/*.log"]],
    }),
  frequency: z
    .enum(["hourly", "daily", "weekly", "monthly", "yearly"])
    .meta({ description: "How often a new file is begun.", default: "weekly" })
    .exactOptional(),
  rotate: z
    .int()
    .min(0)
    .max(10_000)
    .meta({ description: "How many old files are kept.", default: 4 })
    .exactOptional(),
  size: text(/^[1-9][0-9]{0,8}[kMG]?$/, 'a size such as "100k", "10M" or "1G"')
    .meta({ description: "Also begin a new file when one is larger than this.", examples: ["100M"] })
    .exactOptional(),
  compress: z.boolean().meta({ description: "Compress old files.", default: true }).exactOptional(),
  mode: text(/^0?[0-7]{3}$/, 'permission bits in quotes, such as "0640"')
    .meta({ description: "Mode of the new file.", default: "0640" })
    .exactOptional(),
  owner: text(/^[a-z_][a-z0-9_-]{0,30}(?::[a-z_][a-z0-9_-]{0,30})?$/, '"user" or "user:group"')
    .meta({
      description:
        "Whose files they are; logrotate works as this user. Default: the package's system user, else root:adm.",
      examples: ["hello-web"],
    })
    .exactOptional(),
  "copy-truncate": z
    .boolean()
    .meta({
      description: "Copy the file and empty it, for programs that keep it open. Lines may be lost.",
      default: false,
    })
    .exactOptional(),
  "post-rotate": command
    .meta({
      description: "What to run after a rotation: words as in a shell, or a list of them. No shell runs it.",
      examples: ["/usr/bin/systemctl kill --signal=HUP hello-web.service"],
    })
    .exactOptional(),
};

const rotationTable = z.strictObject(rotationShape);
const rotationName = text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, "a name of letters, digits, _ and -");

/** Log files that logrotate keeps short. */
export const logrotate = defineSection({
  shape: {
    logrotate: z
      .record(rotationName, rotationTable)
      .meta({
        description: "Log files that logrotate keeps short, by a name of your own.",
        examples: [{ "hello-web": { paths: ["/var/log/hello-web/*.log"] } }],
      })
      .exactOptional(),
  },
  overrides: {
    logrotate: z
      .record(rotationName, z.strictObject({ ...rotationShape, paths: rotationShape.paths.exactOptional() }))
      .meta({ description: "Log files that logrotate keeps short; what is left out is as it is in general." })
      .exactOptional(),
  },
  normalize: (raw): LogrotateConfig => ({
    rotations: Object.fromEntries(
      Object.entries(raw.logrotate ?? {}).map(([name, table]) => [name, normalizeRotation(table)]),
    ),
  }),
});

function normalizeRotation(raw: z.output<typeof rotationTable>): RotationConfig {
  const [user, group = user] = raw.owner?.split(":") ?? [];
  const postRotate = raw["post-rotate"];
  return {
    paths: raw.paths,
    frequency: raw.frequency ?? "weekly",
    rotate: raw.rotate ?? 4,
    compress: raw.compress ?? true,
    mode: Number.parseInt(raw.mode ?? "0640", 8),
    copyTruncate: raw["copy-truncate"] ?? false,
    ...defined({
      size: raw.size,
      owner: user === undefined || group === undefined ? undefined : { user, group },
      postRotate: postRotate === undefined ? undefined : normalizeCommand(postRotate),
    }),
  };
}
