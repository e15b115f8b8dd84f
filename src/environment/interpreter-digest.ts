import { createHash } from "node:crypto";
import { readFileSync, statSync } from "../effects/fs.ts";

/** SHA-256 of an interpreter's own file, which the compiler of bytecode is in. */
export function digestInterpreter(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** What changes with an interpreter's file, on this machine; its bytes are not read. */
export function identifyInterpreter(path: string): unknown {
  const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
  return [path, dev, ino, size, mtimeMs, ctimeMs];
}
