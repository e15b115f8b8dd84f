import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import type { Machine } from "./machine.ts";

const folder = "/srv/packages";

/** A folder of packages that the machine's apt reads, so that `apt-get install name=version` finds each version. */
export async function makeLocalRepository(machine: Machine, debs: readonly string[]): Promise<void> {
  await machine.sh(`mkdir -p ${folder}`);
  await addToRepository(machine, debs);
  await machine.sh(`echo 'deb [trusted=yes] file:${folder} ./' >/etc/apt/sources.list.d/local.list`);
  await machine.sh("apt-get -q update");
}

export async function addToRepository(machine: Machine, debs: readonly string[]): Promise<void> {
  for (const deb of debs) await machine.copyIn(deb, `${folder}/${deb.split("/").at(-1) ?? ""}`);
  await machine.sh(`cd ${folder}\n${WRITE_INDEX}`);
}

/** A folder of packages on this machine, with the index that apt wants. */
export async function writeRepository(path: string, debs: readonly string[]): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const deb of debs) await cp(deb, join(path, basename(deb)));
  await execa("sh", ["-ec", WRITE_INDEX], { cwd: path });
}

/** What dpkg-scanpackages does, without Perl's development tools. */
const WRITE_INDEX = `for deb in *.deb; do
  dpkg-deb --field "$deb"
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
done >Packages`;
