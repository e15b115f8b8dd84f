import { VenvdebError } from "../errors.ts";

/** The parts of `[epoch:]upstream[-revision]` (deb-version(7)). An absent revision is the empty string. */
export interface DebianVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/**
 * Takes a Debian version apart, as strictly as dpkg: the upstream part begins with a digit, an epoch is at most
 * 2147483647, a hyphen is followed by a revision.
 * @throws VenvdebError DEB_BAD_VERSION
 */
export function parseDebianVersion(text: string): DebianVersion {
  const match = VERSION.exec(text);
  const epoch = Number(match?.[1] ?? 0);
  const upstream = match?.[2] ?? match?.[3];
  if (upstream === undefined || epoch > 0x7fffffff) throw badVersion(text);
  return { epoch, upstream, revision: match?.[4] ?? "" };
}

/** Whether a text is a Debian version; never throws. */
export function isDebianVersion(text: string): boolean {
  const match = VERSION.exec(text);
  return match !== null && Number(match[1] ?? 0) <= 0x7fffffff;
}

/**
 * Negative, zero or positive as `a` is older than, as old as, or newer than `b` (deb-version(7), "Sorting algorithm").
 * @throws VenvdebError DEB_BAD_VERSION
 */
export function compareDebianVersions(a: string, b: string): number {
  const left = parseDebianVersion(a);
  const right = parseDebianVersion(b);
  return (
    left.epoch - right.epoch ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

/** With an epoch, the upstream part may hold colons. The revision is what follows the last hyphen. */
const VERSION = /^(?:(\d{1,10}):(\d[A-Za-z0-9.+~:-]*?)|(\d[A-Za-z0-9.+~-]*?))(?:-([A-Za-z0-9.+~]+))?(?<!-)$/;

/** Compares runs of non-digits and runs of digits in turn, from the left. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = order(a, i++) - order(b, j++);
      if (difference !== 0) return difference;
    }
    const endOfA = endOfDigits(a, i);
    const endOfB = endOfDigits(b, j);
    const difference = compareNumbers(a.slice(i, endOfA), b.slice(j, endOfB));
    if (difference !== 0) return difference;
    i = endOfA;
    j = endOfB;
  }
  return 0;
}

/** `~` before the end, the end (and a digit) before letters, letters before all else. */
function order(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (Number.isNaN(code) || isDigit(text, index)) return 0;
  if (code === 0x7e) return -1;
  return /[A-Za-z]/.test(text.charAt(index)) ? code : code + 256;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (isDigit(text, end)) end++;
  return end;
}

/** Of any length: date stamps and hashes have more digits than a double holds. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  return left.length - right.length || (left < right ? -1 : Number(left > right));
}

function badVersion(text: string): VenvdebError {
  return new VenvdebError(
    "DEB_BAD_VERSION",
    `Cannot read "${text.slice(0, 200)}" as a Debian version: it has another form (wanted: [epoch:]upstream[-revision], upstream beginning with a digit)`,
  );
}
