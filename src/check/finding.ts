import type { Finding } from "./types.ts";

/** `path` as the archive has it, relative; the root is the empty string. */
export function error(code: string, message: string, path?: string): Finding {
  return { severity: "error", code, message, ...(path === undefined ? {} : { path: `/${path}` }) };
}

export function warning(code: string, message: string, path?: string): Finding {
  return { severity: "warning", code, message, ...(path === undefined ? {} : { path: `/${path}` }) };
}
