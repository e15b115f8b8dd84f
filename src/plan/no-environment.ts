import type { Config } from "../config/types.ts";
import { VenvdebError } from "../errors.ts";
import type { InterpreterFacts } from "./types.ts";

/** Of a package without an environment, which is built where no Python is. */
export const NO_INTERPRETER: InterpreterFacts = {
  minor: "",
  full: "",
  path: "",
  cacheTag: "",
  extensionSuffix: "",
  multiarch: "",
  markers: {},
  tags: [],
};

/**
 * Refuses settings that only an environment can serve.
 * @throws VenvdebError PLAN_NO_ENVIRONMENT with all of them
 */
export function requireEnvironment(config: Config): void {
  const needy = [
    ...Object.keys(config.generates).map((id) => `generate.${id}, which Python makes`),
    ...Object.entries(config.services)
      .filter(([, { command }]) => isInEnvironment(command[0]))
      .map(([unit]) => `the command of service.${unit}`),
    ...Object.entries(config.services)
      .filter(([, { health }]) => health !== undefined)
      .map(([unit]) => `the health check of service.${unit}, which Python makes`),
    ...Object.entries(config.jobs)
      .filter(([, { command }]) => isInEnvironment(command[0]))
      .map(([job]) => `the command of cron.${job}`),
    ...(config.triggers.command !== undefined && isInEnvironment(config.triggers.command[0])
      ? ["the command of triggers"]
      : []),
    ...Object.entries(config.links)
      .filter(([, target]) => isInEnvironment(target))
      .map(([path]) => `the link ${path}`),
    ...(["requirements", "extras", "groups"] as const).filter((key) => (config[key]?.length ?? 0) > 0),
  ];
  if (needy.length === 0) return;
  throw new VenvdebError(
    "PLAN_NO_ENVIRONMENT",
    `Cannot plan a package without an environment: the settings ask for what is in one: ${needy.join("; ")}`,
    { hint: "leave `environment = false` out, or give absolute paths and take the rest out", exitCode: 2 },
  );
}

function isInEnvironment(path: string | undefined): boolean {
  return path?.startsWith("/") !== true;
}
