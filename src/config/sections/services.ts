import { z } from "zod";
import { absolutePath, checkedText, defined, list, oneLine, PRINTABLE, text, userName } from "../leaf.ts";
import { defineSection } from "../section.ts";
import { commandWords, normalizeCommand } from "./command-words.ts";
import { normalizeServicePolicy, servicePolicyShape } from "./service-policy.ts";
import type { ServiceConfig, ServicesConfig, UserConfig } from "../types.ts";

const unitName = checkedText((name) => {
  if (/\.(?:service|socket|timer|target)$/.test(name)) return "the name of a unit without its suffix";
  return /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,200}$/.test(name)
    ? undefined
    : "the name of a unit: letters, digits and _ . : -";
});

export const command = commandWords().meta({
  description:
    "What to run: words as in a shell, or a list of them. No shell runs it. The first is a command of the environment, a path below it, or absolute.",
  examples: ["gunicorn --bind 127.0.0.1:8000 hello:app", ["bin/hello", "--port", "8000"]],
});

const serviceShape = {
  command,
  description: oneLine()
    .meta({ description: "What systemd shows. Default: the package's synopsis or name." })
    .exactOptional(),
  user: userName()
    .meta({ description: "Who it runs as. Default: the package's system user, made at installation." })
    .exactOptional(),
  environment: z
    .record(
      text(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
      text(new RegExp(`^${PRINTABLE}*$`), "one line of text"),
    )
    .meta({ description: "Environment variables.", examples: [{ WORKERS: "2" }] })
    .exactOptional(),
  "environment-file": absolutePath()
    .meta({ description: "File of NAME=value lines, read when it is there. Default: /etc/default/<name>." })
    .exactOptional(),
  "working-directory": absolutePath().meta({ description: "Folder to start in." }).exactOptional(),
  restart: z
    .enum(["no", "on-failure", "always"])
    .meta({ description: "When systemd starts it again.", default: "on-failure" })
    .exactOptional(),
  enable: z.boolean().meta({ description: "Started at every boot.", default: true }).exactOptional(),
  start: z
    .boolean()
    .meta({ description: "Started when the package is installed.", default: true })
    .exactOptional(),
  "state-directory": folderOf("/var/lib"),
  "logs-directory": folderOf("/var/log"),
  "cache-directory": folderOf("/var/cache"),
  "runtime-directory": folderOf("/run"),
  ...servicePolicyShape,
};

const serviceTable = z.strictObject(serviceShape);
const service = z.record(unitName, serviceTable).meta({
  description: "Services, by the name of their systemd unit.",
  examples: [{ "hello-web": { command: "gunicorn hello:app" } }],
});

/** The services and the user that they run as. */
export const services = defineSection({
  shape: {
    user: z
      .strictObject({
        name: userName().meta({ description: "Default: the package's name." }).exactOptional(),
        home: absolutePath()
          .meta({
            description: "Home folder, not made.",
            default: "/nonexistent",
            examples: ["/var/lib/hello-web"],
          })
          .exactOptional(),
        groups: list(userName())
          .meta({ description: "Existing groups to put it into.", default: [], examples: [["ssl-cert"]] })
          .exactOptional(),
      })
      .meta({ description: "The system user that the services run as." })
      .exactOptional(),
    service: service.exactOptional(),
  },
  overrides: {
    service: z
      .record(unitName, z.strictObject({ ...serviceShape, command: command.exactOptional() }))
      .meta({
        description: "Services, by the name of their systemd unit; what is left out is as it is in general.",
      })
      .exactOptional(),
  },
  normalize: (raw): ServicesConfig => ({
    ...defined({ user: raw.user === undefined ? undefined : normalizeUser(raw.user) }),
    services: Object.fromEntries(
      Object.entries(raw.service ?? {}).map(([unit, table]) => [unit, normalizeService(table)]),
    ),
  }),
});

function folderOf(parent: string) {
  return checkedText((path) =>
    /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9._+@-]+(?:\/[A-Za-z0-9._+@-]+)*$/.test(path)
      ? undefined
      : `a folder relative to ${parent}`,
  )
    .meta({ description: `Folder below ${parent} that systemd makes for the user.`, examples: ["hello-web"] })
    .exactOptional();
}

function normalizeUser({
  name,
  home,
  groups,
}: {
  name?: string;
  home?: string;
  groups?: string[];
}): UserConfig {
  return { ...defined({ name, home }), groups: groups ?? [] };
}

function normalizeService(raw: z.output<typeof serviceTable>): ServiceConfig {
  const { description, user } = raw;
  return {
    command: normalizeCommand(raw.command),
    ...defined({
      description,
      user,
      environmentFile: raw["environment-file"],
      workingDirectory: raw["working-directory"],
      stateDirectory: raw["state-directory"],
      logsDirectory: raw["logs-directory"],
      cacheDirectory: raw["cache-directory"],
      runtimeDirectory: raw["runtime-directory"],
    }),
    environment: raw.environment ?? {},
    restart: raw.restart ?? "on-failure",
    enable: raw.enable ?? true,
    start: raw.start ?? true,
    ...normalizeServicePolicy(raw),
  };
}
