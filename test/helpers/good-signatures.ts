import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RepositoryFixture } from "./repository-fixture.ts";

/** Lets gpgv verify both forms of the signed Release. */
export function expectGoodSignatures({ folder, repository }: RepositoryFixture): void {
  const keyring = join(folder, "key.gpg");
  const [key] = repository.settings.keys;
  writeFileSync(
    keyring,
    execFileSync("gpg", ["--batch", "--dearmor"], {
      input: key?.certificate ?? "",
      stdio: ["pipe", "pipe", "ignore"],
    }),
  );
  const suite = join(folder, "dists/stable");
  const gpgv = (...files: string[]) =>
    execFileSync("gpgv", ["--keyring", keyring, ...files], { stdio: "ignore" });
  gpgv(join(suite, "InRelease"));
  gpgv(join(suite, "Release.gpg"), join(suite, "Release"));
}
