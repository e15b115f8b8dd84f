import type { Config } from "../config/types.ts";
import { fileNameOf } from "./jobs.ts";
import { absoluteCommand } from "./services.ts";
import type { RotationPlan, SystemUser } from "./system-types.ts";

interface RotationContext {
  readonly name: string;
  readonly stablePath: string;
  readonly users: readonly SystemUser[];
}

/** The files for logrotate, with every default filled in: logs are the package's own user's, else root's. */
export function assembleRotations(
  { rotations }: Config,
  { name, stablePath, users }: RotationContext,
): RotationPlan[] {
  const [own] = users;
  const owner = own === undefined ? { user: "root", group: "adm" } : { user: own.name, group: own.group };
  return Object.entries(rotations).map(([id, settings]) => {
    const { postRotate, ...rotation } = settings;
    const command = postRotate === undefined ? {} : { postRotate: absoluteCommand(postRotate, stablePath) };
    return Object.assign({ owner }, rotation, command, { name: fileNameOf(name, id) });
  });
}
