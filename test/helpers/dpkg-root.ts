import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that real dpkg takes for a machine without any package. */
export interface DpkgRoot {
  readonly path: string;
  /** Unpacks a package without running its scripts; what dpkg said. */
  unpack(deb: string): string;
}

/** `dpkg --unpack` reads archives itself, where `dpkg-deb --extract` leaves them to tar, which takes more. */
export function dpkgRoot(): DpkgRoot {
  const path = mkdtempSync(join(tmpdir(), "venvdeb-root-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const folder of ["info", "updates", "triggers"])
    mkdirSync(join(path, "var/lib/dpkg", folder), { recursive: true });
  writeFileSync(join(path, "var/lib/dpkg/status"), "");
  return {
    path,
    unpack: (deb) =>
      execFileSync("dpkg", [`--root=${path}`, "--force-not-root", "--force-architecture", "--unpack", deb], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, LC_ALL: "C.UTF-8" },
      }),
  };
}
