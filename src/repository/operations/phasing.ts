import { VenvdebError } from "../../errors.ts";
import type { IndexedPackage } from "../types.ts";

/**
 * The same package, offered to a part of the machines: apt compares the percentage with a number that it makes of the
 * machine's own identifier (apt_preferences(5), "Phased Updates"). 100 is everybody, and no field.
 * @throws VenvdebError REPO_BAD_PERCENTAGE
 */
export function withPhase(listed: IndexedPackage, percentage: number): IndexedPackage {
  if (!Number.isInteger(percentage) || percentage < 0 || percentage > 100)
    throw new VenvdebError(
      "REPO_BAD_PERCENTAGE",
      `Cannot phase the update: the percentage is ${percentage} (wanted: a whole number from 0 to 100)`,
      { exitCode: 2 },
    );
  const rest = listed.stanza.replace(/^Phased-Update-Percentage:.*\n/m, "");
  const field = percentage === 100 ? "" : `Phased-Update-Percentage: ${percentage}\n`;
  return { ...listed, stanza: rest.replace(/^Filename:/m, `${field}Filename:`) };
}
