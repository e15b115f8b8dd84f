import { setTimeout } from "node:timers/promises";
import { suiteFolder, type Head } from "../heads.ts";
import type { TailPlace } from "./types.ts";

/** The Date of the next release: the store's time, and later than the head's. */
export async function nextDate({ storage }: TailPlace, head: Head | undefined): Promise<Date> {
  const now = wholeSecond(await storage.now());
  return new Date(head === undefined ? now : Math.max(now, head.release.date.getTime() + SECOND));
}

/**
 * Waits until clients can take a release of this Date in the place of the head. apt refuses one from more than ten
 * seconds ahead. And it asks with If-Modified-Since, whose grain is a second: a folder dates what it replaces
 * accordingly, but a bucket by its clock.
 */
export async function waitForDate(place: TailPlace, head: Head | undefined, date: Date): Promise<void> {
  const { storage, settings, suite } = place;
  const path = `${suiteFolder(settings, suite)}InRelease`;
  const isDatedByClock = head !== undefined && storage.kind !== "directory";
  const [now, facts] = await Promise.all([
    storage.now(),
    isDatedByClock ? storage.stat(path) : Promise.resolve(undefined),
  ]);
  const ahead = date.getTime() - now.getTime() - LONGEST_LEAD;
  const sameSecond = facts === undefined ? 0 : wholeSecond(facts.modified) + SECOND - now.getTime();
  const wait = Math.min(Math.max(ahead, sameSecond, 0), LONGEST_WAIT);
  if (wait > 0) await setTimeout(wait);
}

const SECOND = 1000;
/** Clients' clocks may be a little late too. */
const LONGEST_LEAD = 5 * SECOND;
/** More is not due to fast publishers but to a clock that was wrong, which waiting does not mend. */
const LONGEST_WAIT = 10 * SECOND;

function wholeSecond(date: Date): number {
  return Math.floor(date.getTime() / SECOND) * SECOND;
}
