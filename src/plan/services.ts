import { posix } from "node:path";
import type { Config, ServiceConfig } from "../config/types.ts";
import { requireConsistentService } from "./service-rules.ts";
import type { HealthCheck, ServicePlan, SystemUser } from "./system-types.ts";

/**
 * The services to ship, with every default filled in: they run as the package's own user unless a setting says otherwise.
 * @throws VenvdebError PLAN_BAD_SERVICE
 */
export function assembleServices(config: Config, name: string, stablePath: string): ServicePlan[] {
  return Object.entries(config.services).map(([unit, service]) =>
    assembleService(unit, service, { config, name, stablePath }),
  );
}

/** The users to create: the package's own one, when a setting names it, or a service or a job runs as it. */
export function assembleUsers(
  config: Config,
  name: string,
  runners: readonly { readonly user: string }[],
): SystemUser[] {
  const own = ownUser(config, name);
  if (config.user === undefined && !runners.some(({ user }) => user === own)) return [];
  return [
    { name: own, group: own, groups: config.user?.groups ?? [], home: config.user?.home ?? "/nonexistent" },
  ];
}

interface ServiceContext {
  readonly config: Config;
  readonly name: string;
  readonly stablePath: string;
}

function assembleService(
  unit: string,
  service: ServiceConfig,
  { config, name, stablePath }: ServiceContext,
): ServicePlan {
  const user = service.user ?? ownUser(config, name);
  const { command, environmentFile, stopTimeout, reloadCommand, health, ...rest } = service;
  requireConsistentService(unit, service);
  return {
    ...rest,
    unit,
    description: service.description ?? (unit === name ? name : `${name} (${unit})`),
    command: absoluteCommand(command, stablePath),
    user,
    group: user,
    environmentFile: environmentFile ?? `/etc/default/${name}`,
    stopTimeout: stopTimeout ?? 90,
    ...(reloadCommand === undefined ? {} : { reloadCommand: absoluteCommand(reloadCommand, stablePath) }),
    ...(health === undefined ? {} : { health: absoluteHealth(health, stablePath) }),
  };
}

function absoluteHealth(health: HealthCheck, stablePath: string): HealthCheck {
  return health.kind === "command"
    ? { ...health, command: absoluteCommand(health.command, stablePath) }
    : health;
}

/**
 * A command as units and scripts need it: a first word without a slash is a command of the environment, a relative one
 * is below the environment.
 */
export function absoluteCommand([program = "", ...args]: readonly string[], stablePath: string): string[] {
  if (program.startsWith("/")) return [program, ...args];
  return [posix.join(stablePath, program.includes("/") ? program : posix.join("bin", program)), ...args];
}

/** Who services and jobs run as when nothing else is set. The name made up of the package's has at most 31 characters: useradd(8) takes 32, utmp keeps 31. */
export function ownUser(config: Config, name: string): string {
  return config.user?.name ?? name.replaceAll(/[^a-z0-9_-]/g, "-").slice(0, 31);
}
