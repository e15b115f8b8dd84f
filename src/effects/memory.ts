import { readFileSync } from "node:fs";
import { freemem } from "node:os";

/** Bytes that programs can have without swapping (proc(5), MemAvailable). */
export function availableMemory(): number {
  try {
    const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
  } catch {
    return freemem();
  }
}
