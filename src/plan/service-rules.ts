import type { ServiceConfig } from "../config/types.ts";
import { VenvdebError } from "../errors.ts";

/** Settings of a service that exclude one another. @throws VenvdebError PLAN_BAD_SERVICE */
export function requireConsistentService(unit: string, service: ServiceConfig): void {
  const problem = RULES.map((rule) => rule(unit, service)).find((found) => found !== undefined);
  if (problem === undefined) return;
  throw new VenvdebError("PLAN_BAD_SERVICE", `Cannot make the service "${unit}": ${problem}`, {
    hint: `correct [tool.venvdeb.service.${unit}]`,
    exitCode: 2,
  });
}

const RULES: readonly ((unit: string, service: ServiceConfig) => string | undefined)[] = [
  (_unit, { init, sockets }) =>
    sockets.length > 0 && init.includes("sysv")
      ? 'only systemd listens on sockets for it (wanted: init without "sysv", or a program that listens itself)'
      : undefined,
  (unit, { init }) =>
    init.includes("sysv") && !/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(unit)
      ? "its name does not do for a script in /etc/init.d (wanted: letters, digits, _ and -)"
      : undefined,
  (_unit, service) =>
    service.instances.length === 0 && JSON.stringify(service).includes("{instance}")
      ? "{instance} stands for nothing (wanted: instances)"
      : undefined,
  (_unit, { start, onUpgrade }) =>
    !start && onUpgrade === "stop"
      ? 'on-upgrade = "stop" starts it in the end (wanted: start = true, or another on-upgrade)'
      : undefined,
];
