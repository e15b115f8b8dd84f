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
  // What dpkg-scanpackages does, without Perl's development tools.
  await machine.sh(`cd ${folder} && for deb in *.deb; do
    dpkg-deb --field "$deb"
    printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
  done >Packages`);
}
