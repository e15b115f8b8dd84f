import { z } from "zod";
import type { HealthCheck } from "../../plan/system-types.ts";
import { absolutePath, defined, list, oneLine, text } from "../leaf.ts";
import type { ServiceConfig } from "../types.ts";
import { commandWords, normalizeCommand } from "./command-words.ts";

const time = () => text(/^[1-9][0-9]{0,3}(?:s|min)$/, 'a time such as "30s" or "2min"');

const LIMITS = ["as", "core", "cpu", "data", "fsize", "memlock", "nofile", "nproc", "stack"] as const;
const limit = z
  .union([z.int().min(0), z.literal("infinity")], 'a whole number, or "infinity"')
  .meta({ description: "See LimitNOFILE= and its kin in systemd.exec(5)." });

const health = z
  .strictObject({
    command: commandWords()
      .meta({ description: "Ends with 0 when all is well; runs as the service's user." })
      .exactOptional(),
    http: text(/^https?:\/\/[!-~]+$/, "an address that starts with http:// or https://")
      .meta({ description: "Answers with a status below 400." })
      .exactOptional(),
    socket: absolutePath().meta({ description: "Unix socket that takes a connection." }).exactOptional(),
    timeout: time().meta({ description: "How long it may take.", default: "30s" }).exactOptional(),
  })
  .refine(
    ({ command, http, socket }) =>
      [command, http, socket].filter((check) => check !== undefined).length === 1,
    "one of command, http and socket",
  );

/** Keys of a service on its life: how it is started, stopped, watched and confined. */
export const servicePolicyShape = {
  init: list(z.enum(["systemd", "sysv"]))
    .min(1, 'at least one of "systemd" and "sysv"')
    .meta({
      description:
        "What starts it: a systemd unit, a script in /etc/init.d, or both; the script is idle where systemd runs the unit.",
      default: ["systemd"],
      examples: [["systemd", "sysv"]],
    })
    .exactOptional(),
  "on-upgrade": z
    .enum(["restart", "reload", "stop", "leave"])
    .meta({
      description:
        'What happens to it on an upgrade. "stop": it is stopped before its files are replaced, and started after.',
      default: "restart",
    })
    .exactOptional(),
  "on-start-failure": z
    .enum(["warn", "fail"])
    .meta({
      description:
        'When it does not start, or its health check fails, after an installation or upgrade: "warn" says so; "fail" leaves the package unconfigured too, so that apt fails.',
      default: "warn",
    })
    .exactOptional(),
  "reload-command": commandWords()
    .meta({
      description:
        "What makes it read its settings anew, `{pid}` being its process. Default: SIGHUP is sent.",
      examples: ["hello-ctl reload --pid {pid}"],
    })
    .exactOptional(),
  "stop-signal": text(/^SIG(?:TERM|INT|QUIT|HUP|USR1|USR2|WINCH|KILL)$/, 'a signal such as "SIGINT"')
    .meta({ description: "Asks it to end. Default: SIGTERM.", examples: ["SIGINT"] })
    .exactOptional(),
  "stop-timeout": time()
    .meta({ description: "It is killed when it runs still.", default: "90s", examples: ["2min"] })
    .exactOptional(),
  limits: z
    .partialRecord(z.enum(LIMITS), limit)
    .meta({ description: "Limits of its processes, soft and hard.", examples: [{ nofile: 65536 }] })
    .exactOptional(),
  hardening: z
    .union(
      [
        z.boolean(),
        z.record(
          text(/^[A-Z][A-Za-z]+$/, "a directive of systemd.exec(5)"),
          z.union([z.literal(""), oneLine()], "one line of text"),
        ),
      ],
      "true, false, or a table of directives",
    )
    .meta({
      description:
        "What systemd keeps it from. A table adds to what `true` stands for, or changes it; an empty text resets a directive.",
      default: true,
      examples: [{ ReadWritePaths: "/srv/hello", RestrictNamespaces: "no" }],
    })
    .exactOptional(),
  instances: list(
    text(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "a name of letters, digits and _ . - for an instance"),
  )
    .meta({
      description:
        "Runs it once for each name; `{instance}` in its other settings stands for that. The units are `<unit>@<instance>`.",
      default: [],
      examples: [["8001", "8002"]],
    })
    .exactOptional(),
  sockets: list(
    text(
      /^(?:\/[!-~]+|[0-9]{1,5}|(?:[0-9.]+|\[[0-9A-Fa-f:.]+\]):(?:[0-9]{1,5}|\{instance\}))$/,
      'an address such as "127.0.0.1:8000", or the absolute path of a socket',
    ),
  )
    .meta({
      description:
        "systemd listens there and hands the sockets on (sd_listen_fds(3)): no connection is refused during a restart.",
      default: [],
      examples: [["127.0.0.1:8000", "/run/hello.sock"]],
    })
    .exactOptional(),
  health: health
    .meta({
      description:
        "What shows, after an installation or upgrade has started it, that it works. Not asked in chroots, and where policy-rc.d forbids the start.",
      examples: [{ http: "http://127.0.0.1:8000/health", timeout: "1min" }],
    })
    .exactOptional(),
};

const policyTable = z.strictObject(servicePolicyShape);
type RawPolicy = z.output<typeof policyTable>;

/** Fills in the defaults. */
export function normalizeServicePolicy(raw: RawPolicy) {
  const { limits = {}, hardening } = raw;
  const reload = raw["reload-command"];
  return {
    init: raw.init ?? ["systemd"],
    onUpgrade: raw["on-upgrade"] ?? "restart",
    onStartFailure: raw["on-start-failure"] ?? "warn",
    ...defined({
      reloadCommand: reload === undefined ? undefined : normalizeCommand(reload),
      stopSignal: raw["stop-signal"],
      stopTimeout: raw["stop-timeout"] === undefined ? undefined : seconds(raw["stop-timeout"]),
      hardening: hardening === true ? undefined : hardening,
      health: raw.health === undefined ? undefined : normalizeHealth(raw.health),
    }),
    limits: Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)])),
    instances: raw.instances ?? [],
    sockets: raw.sockets ?? [],
  } satisfies Partial<ServiceConfig>;
}

function normalizeHealth(raw: z.output<typeof health>): HealthCheck {
  const timeout = seconds(raw.timeout ?? "30s");
  if (raw.command !== undefined) return { kind: "command", command: normalizeCommand(raw.command), timeout };
  if (raw.http !== undefined) return { kind: "http", url: raw.http, timeout };
  return { kind: "socket", path: raw.socket ?? "", timeout };
}

function seconds(typed: string): number {
  return Number.parseInt(typed, 10) * (typed.endsWith("min") ? 60 : 1);
}
