import { join } from "node:path";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";

/** The folder of the store, absolute. */
export function storeFolder({ cacheDirectory }: Pick<Host, "cacheDirectory">): string {
  return join(cacheDirectory, "layers");
}

/**
 * Bytes that the store may have: `VENVDEB_CACHE_SIZE`, else 10 GB.
 * @throws VenvdebError CACHE_BAD_SIZE
 */
export function storeLimit({ env }: Pick<Host, "env">): number {
  const text = env["VENVDEB_CACHE_SIZE"] ?? "";
  return text === "" ? 10_000_000_000 : parseSize(text, "VENVDEB_CACHE_SIZE");
}

/**
 * Reads a size such as `500M`, `2.5G`, `10 GB` or a number of bytes; the letters count by thousands.
 * @throws VenvdebError CACHE_BAD_SIZE
 */
export function parseSize(text: string, where: string): number {
  const [, number, unit = ""] = /^(\d{1,12}(?:\.\d{1,6})?) ?([KMGT]?)B?$/i.exec(text.trim()) ?? [];
  if (number !== undefined)
    return Math.round(Number(number) * 1000 ** "_KMGT".indexOf(unit.toUpperCase() || "_"));
  throw new VenvdebError(
    "CACHE_BAD_SIZE",
    `Cannot read ${where}: "${text}" is no size (wanted: a number of bytes, or one with K, M, G or T)`,
    { hint: "write it as 10G", exitCode: 2 },
  );
}
