import type { ServicePlan } from "../plan/system-types.ts";

/**
 * What a service is kept from (systemd.exec(5)), so far as any application bears it that writes to its own folders
 * only: processes of Python, their extension modules and just-in-time compilers run under it. root keeps its rights,
 * and a service that works in a home folder sees it. The directives of the settings take the place of ours.
 */
export function hardeningOf(service: ServicePlan): Record<string, string> {
  if (service.hardening === false) return {};
  return {
    ...EVERYONE,
    ProtectHome: isAtHome(service) ? "read-only" : "yes",
    ...(service.user === "root" ? {} : NOT_ROOT),
    ...service.hardening,
  };
}

const EVERYONE = {
  NoNewPrivileges: "yes",
  ProtectSystem: "strict",
  PrivateTmp: "yes",
  ProtectClock: "yes",
  ProtectControlGroups: "yes",
  ProtectHostname: "yes",
  ProtectKernelLogs: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelTunables: "yes",
  RestrictRealtime: "yes",
  RestrictSUIDSGID: "yes",
  LockPersonality: "yes",
  SystemCallArchitectures: "native",
};

/** EPERM instead of a signal: a program that tries something forbidden can say so. */
const NOT_ROOT = {
  CapabilityBoundingSet: "",
  PrivateDevices: "yes",
  RemoveIPC: "yes",
  RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  RestrictNamespaces: "yes",
  SystemCallFilter: "@system-service",
  SystemCallErrorNumber: "EPERM",
};

function isAtHome({ workingDirectory, environmentFile, command }: ServicePlan): boolean {
  return [workingDirectory, environmentFile, ...command].some(
    (path) => path !== undefined && /^\/(?:home|root|run\/user)(?:\/|$)/.test(path),
  );
}
