import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { alternate, type Command, type Contestant, type Row } from "../measure.ts";
import { writePackages } from "../synthetic/packages.ts";
import { PROGRAM } from "../venvdeb.ts";

export interface RepositoryOptions {
  readonly work: string;
  readonly runs: number;
  /** Packages of the first publish. */
  readonly count: number;
  readonly withPeers: boolean;
  readonly say: (text: string) => void;
}

/** The four things that are measured; `$PACKAGES` is the folder of all, `$ONE` a package that is not there yet. */
interface Publisher {
  readonly name: string;
  /** Makes an empty repository; not counted. */
  readonly prepare: string;
  readonly first: string;
  readonly add: string;
  readonly again: string;
  readonly remove: string;
}

/**
 * All sign, and make Packages.gz for one suite, component and architecture, and no Contents; all but aptly Packages.xz
 * too. Ours alone writes web pages.
 */
const PUBLISHERS: readonly Publisher[] = [
  {
    name: "venvdeb",
    prepare: `"$NODE" "$PROGRAM" repo init "$PWD/repository" --suite stable --origin Bench --label Bench --arch amd64`,
    first: `"$NODE" "$PROGRAM" repo add "$PWD/repository" stable "$PACKAGES"`,
    add: `"$NODE" "$PROGRAM" repo add "$PWD/repository" stable "$ONE"`,
    again: `"$NODE" "$PROGRAM" repo add "$PWD/repository" stable "$ONE"`,
    remove: `"$NODE" "$PROGRAM" repo remove "$PWD/repository" stable "$NAME"`,
  },
  {
    name: "aptly",
    prepare: `echo "{\\"rootDir\\": \\"$PWD/aptly\\"}" >aptly.conf
      aptly -config=aptly.conf repo create -distribution=stable -component=main bench`,
    first: `aptly -config=aptly.conf repo add bench "$PACKAGES"
      aptly -config=aptly.conf publish repo -batch -skip-contents -skip-bz2 -gpg-key=bench@example.org -architectures=amd64 bench`,
    add: `aptly -config=aptly.conf repo add bench "$ONE"
      aptly -config=aptly.conf publish update -batch -skip-contents -skip-bz2 -gpg-key=bench@example.org stable`,
    again: `aptly -config=aptly.conf repo add bench "$ONE"
      aptly -config=aptly.conf publish update -batch -skip-contents -skip-bz2 -gpg-key=bench@example.org stable`,
    remove: `aptly -config=aptly.conf repo remove bench "$NAME"
      aptly -config=aptly.conf publish update -batch -skip-contents -skip-bz2 -gpg-key=bench@example.org stable`,
  },
  {
    name: "reprepro",
    prepare: `mkdir -p repository/conf
      printf '%s\\n' 'Codename: stable' 'Architectures: amd64' 'Components: main' 'DebIndices: Packages Release . .gz .xz' 'SignWith: bench@example.org' >repository/conf/distributions`,
    first: `find "$PACKAGES" -name '*.deb' -print0 | xargs -0 -n 100000 reprepro -b repository -C main includedeb stable`,
    add: `reprepro -b repository -C main includedeb stable "$ONE"`,
    again: `reprepro -b repository -C main includedeb stable "$ONE"`,
    remove: `reprepro -b repository remove stable "$NAME"`,
  },
  {
    name: "apt-ftparchive",
    prepare: `mkdir -p pool dists/stable/main/binary-amd64`,
    first: `cp -rl "$PACKAGES" pool/main\n${ftparchive()}`,
    add: `cp "$ONE" pool/main/\n${ftparchive()}`,
    again: ftparchive(),
    remove: `rm "pool/main/$FILE"\n${ftparchive()}`,
  },
];

function ftparchive(): string {
  return `apt-ftparchive --db cache.db packages pool >dists/stable/main/binary-amd64/Packages
    gzip -kf dists/stable/main/binary-amd64/Packages
    xz -kf dists/stable/main/binary-amd64/Packages
    apt-ftparchive -o APT::FTPArchive::Release::Suite=stable release dists/stable >Release
    mv Release dists/stable/Release
    gpg --batch --yes --clearsign -o dists/stable/InRelease dists/stable/Release`;
}

/** Synthetic packages into a repository by each publisher: all of them, one more, the same again, one out. */
export async function measureRepository(
  options: RepositoryOptions,
): Promise<{ rows: Row[]; facts: Record<string, number> }> {
  const { work, runs, count, withPeers, say } = options;
  const packages = join(work, `packages-${count}`);
  if (!existsSync(packages)) {
    say(`repository: writing ${count} packages`);
    await writePackages(packages, count);
  }
  const [one = ""] = await writePackages(join(work, "one-more"), 1, count);
  const gnupg = makeKey(join(work, "gnupg"));
  const env = {
    PACKAGES: packages,
    ONE: one,
    FILE: basename(one),
    NAME: basename(one).split("_")[0] ?? "",
    NODE: process.execPath,
    PROGRAM,
    GNUPGHOME: gnupg,
    XDG_CONFIG_HOME: join(work, "config"),
  };
  const publishers = PUBLISHERS.filter(({ name }) => withPeers || name === "venvdeb");
  const contestants = publishers.flatMap((publisher) =>
    contestantsOf(publisher, join(work, publisher.name), env),
  );
  try {
    const rows = await alternate(contestants, runs, (text) => say(`repository: ${text}`));
    return { rows, facts: { packages: count } };
  } finally {
    // Its agent would stay for ever.
    execFileSync("gpgconf", ["--homedir", gnupg, "--kill", "all"]);
  }
}

function contestantsOf(
  publisher: Publisher,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Contestant[] {
  const { name, prepare, first, add, again, remove } = publisher;
  const shell = (script: string): Command => ({ file: "sh", args: ["-ec", script], cwd, env });
  const empty = async () => {
    rmSync(cwd, { recursive: true, force: true });
    mkdirSync(cwd, { recursive: true });
    execFileSync("sh", ["-ec", prepare], {
      cwd,
      env: { ...process.env, ...env },
      // Its errors are part of the exception.
      stdio: ["ignore", "ignore", "pipe"],
    });
  };
  return [
    { name: `${name}, first publish`, prepare: empty, command: shell(first) },
    { name: `${name}, add one`, command: shell(add) },
    { name: `${name}, no change`, command: shell(again) },
    { name: `${name}, remove one`, command: shell(remove) },
  ];
}

/** A key of gpg's for the peers, without a passphrase. Its folder's path must be short: the agent's socket is in it. */
function makeKey(folder: string): string {
  if (existsSync(join(folder, "pubring.kbx"))) return folder;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const args = [
    "--batch",
    "--passphrase",
    "",
    "--quick-gen-key",
    "Bench <bench@example.org>",
    "rsa4096",
    "sign",
    "never",
  ];
  writeFileSync(join(folder, "gpg.conf"), "quiet\n");
  execFileSync("gpg", args, { env: { ...process.env, GNUPGHOME: folder }, stdio: "ignore" });
  return folder;
}
