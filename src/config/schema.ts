import { z } from "zod";
import { text } from "./leaf.ts";
import { cron } from "./sections/cron.ts";
import { directories } from "./sections/directories.ts";
import { files } from "./sections/files.ts";
import { generate } from "./sections/generate.ts";
import { identity } from "./sections/identity.ts";
import { logrotate } from "./sections/logrotate.ts";
import { operatorCommand } from "./sections/operator-command.ts";
import { packaging } from "./sections/package.ts";
import { python } from "./sections/python.ts";
import { relations } from "./sections/relations.ts";
import { renames } from "./sections/renames.ts";
import { scripts } from "./sections/scripts.ts";
import { services } from "./sections/services.ts";
import { triggers } from "./sections/triggers.ts";
import type { Config } from "./types.ts";

const shape = {
  ...identity.shape,
  ...python.shape,
  ...relations.shape,
  ...packaging.shape,
  ...services.shape,
  ...cron.shape,
  ...logrotate.shape,
  ...directories.shape,
  ...files.shape,
  ...generate.shape,
  ...renames.shape,
  ...triggers.shape,
  ...scripts.shape,
  ...operatorCommand.shape,
};

const targetName = text(
  /^(?:debian|ubuntu):[a-z]+(?:\/[a-z0-9]+)?$/,
  '"debian:bookworm" or "debian:bookworm/arm64"',
);

const overrides = z.strictObject({
  ...shape,
  ...services.overrides,
  ...generate.overrides,
  ...cron.overrides,
  ...logrotate.overrides,
});

/** The settings below `[tool.venvdeb]`, or of venvdeb.toml: the one source of checks, JSON Schema and the page of settings. */
export const settingsSchema = z
  .strictObject({
    ...shape,
    target: z
      .record(targetName, overrides)
      .meta({
        description:
          "Settings for one target only. A value takes the place of the general one; tables are joined key by key.",
        examples: [{ "debian:bookworm": { depends: ["libpq5"] } }],
      })
      .exactOptional(),
  })
  .meta({
    title: "venvdeb",
    description: "Settings of venvdeb, which takes a Python project to a Debian package.",
  });

/** The settings as typed, each value valid. */
export type RawConfig = z.output<typeof settingsSchema>;

/** Fills in the defaults; overrides of targets must have been applied. */
export function normalizeConfig(raw: RawConfig): Config {
  return {
    ...identity.normalize(raw),
    ...python.normalize(raw),
    ...relations.normalize(raw),
    ...packaging.normalize(raw),
    ...services.normalize(raw),
    ...cron.normalize(raw),
    ...logrotate.normalize(raw),
    ...directories.normalize(raw),
    ...files.normalize(raw),
    ...generate.normalize(raw),
    ...renames.normalize(raw),
    ...triggers.normalize(raw),
    ...scripts.normalize(raw),
    ...operatorCommand.normalize(raw),
  };
}
