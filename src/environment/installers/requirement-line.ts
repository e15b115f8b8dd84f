import { pathToFileURL } from "node:url";
import { withUser, type Access } from "../credentials.ts";
import type { WheelToInstall } from "./types.ts";

/**
 * The line of a requirements file for exactly one wheel: `name @ URL --hash=…`. With a user and password it is for
 * a private file only.
 */
export function requirementLine(
  { name, location, hash }: WheelToInstall,
  access: Pick<Access, "username" | "password"> = {},
): string {
  const url = "path" in location ? pathToFileURL(location.path).href : withUser(location.url, access);
  return `${name} @ ${harmless(url)}${hash === undefined ? "" : ` --hash=${hash}`}\n`;
}

/** Nothing in an URL of a lock file may end the line, start an option, or name a variable to put in. */
function harmless(url: string): string {
  return url.replaceAll(/[\s"'\\`${}<>^|]|[^\u0020-\u007E]/gu, (character) =>
    encodeURIComponent(character).replace("'", "%27"),
  );
}

/** Wheels with a hash and wheels without: one hash in a file makes pip demand one for every line. */
export function byHash(wheels: readonly WheelToInstall[]): (readonly WheelToInstall[])[] {
  const hashed = wheels.filter(({ hash }) => hash !== undefined);
  const bare = wheels.filter(({ hash }) => hash === undefined);
  return [hashed, bare].filter((group) => group.length > 0);
}
