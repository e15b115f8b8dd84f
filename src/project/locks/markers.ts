import { messageOf } from "../../errors.ts";
import { evaluateMarker, parseMarker } from "../../python/marker.ts";
import { badLock } from "./errors.ts";
import type { LockTarget } from "./types.ts";

/**
 * Tells which markers of a lock are true on a target; each text is read once.
 * Its answers throw VenvdebError LOCK_BAD for a marker that is none.
 */
export function markerEvaluator(
  file: string,
  target: LockTarget,
  extras: ReadonlySet<string>,
  groups: ReadonlySet<string> = new Set(),
): (marker: string | undefined) => boolean {
  const answers = new Map<string, boolean>();
  return (marker) => {
    if (marker === undefined || marker === "") return true;
    const known = answers.get(marker);
    if (known !== undefined) return known;
    const answer = evaluate(marker);
    answers.set(marker, answer);
    return answer;
  };

  function evaluate(marker: string): boolean {
    try {
      return evaluateMarker(parseMarker(marker), target.python.markers, { extras, groups });
    } catch (error) {
      throw badLock(file, messageOf(error));
    }
  }
}
