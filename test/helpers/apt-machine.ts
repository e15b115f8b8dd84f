import { createMachine, type Machine } from "./machine.ts";

/** A machine of one Debian release, whose apt has no archive yet. */
export interface AptMachine {
  readonly release: string;
  readonly machine: Machine;
  /** `apt-get …`; what it said. Fails when it warns, too. */
  readonly apt: (...words: readonly string[]) => Promise<string>;
  /** The same where it is to fail or to warn. */
  readonly refuse: (...words: readonly string[]) => Promise<string>;
  /** Lines of shell as a user types them, root by sudo. */
  readonly type: (lines: string, input?: string) => Promise<string>;
  /** The installed version, and that which apt would install. */
  readonly versions: (name: string) => Promise<{ installed: string; candidate: string }>;
  readonly destroy: () => Promise<void>;
}

interface AptMachineOptions {
  readonly release: string;
  /** With its systemd; else it is a chroot. */
  readonly booted: boolean;
}

export async function aptMachine({ release, booted }: AptMachineOptions): Promise<AptMachine> {
  const machine = await createMachine({ name: release, release });
  try {
    await (booted ? machine.boot() : machine.enterChroot());
    await machine.sh(PREPARE);
  } catch (error) {
    await machine.destroy();
    throw error;
  }
  const say = async (words: readonly string[]) => {
    const options = { check: false, env: { LC_ALL: "C.UTF-8" } };
    const { exitCode, stdout, stderr } = await machine.run("apt-get", ["-y", ...SETTINGS, ...words], options);
    const said = `${stdout}\n${stderr}`;
    return {
      isGood: exitCode === 0 && !/^[WE]:/m.test(said),
      said: `${release}: ${words.join(" ")}\n${said}`,
    };
  };
  return {
    release,
    machine,
    apt: async (...words) => {
      const { isGood, said } = await say(words);
      if (!isGood) throw new Error(said);
      return said;
    },
    refuse: async (...words) => {
      const { isGood, said } = await say(words);
      if (isGood) throw new Error(`this was to be refused: ${said}`);
      return said;
    },
    type: async (lines, input = "") =>
      (await machine.run("setpriv", [...NOBODY, "sh", "-c", `set -e\n${lines}`], { input })).stdout,
    versions: async (name) => {
      const policy = (await machine.run("apt-cache", ["policy", name], { env: { LC_ALL: "C.UTF-8" } }))
        .stdout;
      const version = (what: string) => new RegExp(`^ {2}${what}: (.*)$`, "m").exec(policy)?.[1] ?? "";
      return { installed: version("Installed"), candidate: version("Candidate") };
    },
    destroy: () => machine.destroy(),
  };
}

/** A chroot has no terminals; and dates count whatever the host's settings are, which the machine has taken over. */
const SETTINGS = ["Dpkg::Use-Pty=0", "Acquire::Check-Valid-Until=true", "Acquire::Check-Date=true"].flatMap(
  (setting) => ["-o", setting],
);
const NOBODY = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];

/** What a server has from its first day on; the distribution's own archive is of no use from then on, and costs time. */
const PREPARE = `apt-get -qq update
apt-get -qq -y install --no-install-recommends curl sudo >/dev/null
echo 'nobody ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/nobody
rm -rf /etc/apt/sources.list /var/lib/apt/lists/*
apt-get -qq update`;
