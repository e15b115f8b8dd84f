import { expect, test } from "vitest";
import type { AptMachine } from "../helpers/apt-machine.ts";
import type { AptWorld } from "../helpers/apt-world.ts";
import { cliRepository, type CliRepository } from "../helpers/cli-repository.ts";
import { startNginx } from "../helpers/web-servers.ts";

/** Signed-By is a file of the administrator's when they begin, with the first key alone. */
export function testKeys(world: () => AptWorld): void {
  test("the next key comes with an upgrade; whoever has a key that signs goes on all the time", async () => {
    const { repository, onEach } = world();
    const { repo } = repository;
    const former = (await repo("key show")).match(/^[0-9A-F]{40}/m)?.[0] ?? "";
    await onEach(({ machine }) => machine.sh(KEEP_OLD));
    await addKeyring(repository);
    await onEach(async ({ apt, machine }) => {
      await apt("update");
      await apt("install", "example-archive-keyring");
      expect(await machine.sh("cat /etc/apt/sources.list.d/*")).toContain("Signed-By: /usr/share/keyrings/");
      await apt("update");
    });

    await repo("key rotate", "--algorithm", "ed25519");
    await addKeyring(repository);
    const both = await repo("key export");
    await onEach(async ({ apt, machine }) => {
      await apt("update", ...OLD);
      await apt("update");
      await apt("upgrade");
      expect(await machine.sh(`cat ${KEYRING}`)).toBe(both);
    });

    await repo("key retire", former);
    const renewed = await repo("client", "stable", "--file", "inline");
    const key = await repo("key export");
    await onEach(async ({ release, apt, refuse, machine }) => {
      await apt("update");
      expect(await refuse("update", ...OLD)).toMatch(/NO_PUBKEY|Missing key/);
      await machine.run("tee", ["/root/new.asc"], { input: key });
      const sources =
        release === "bullseye" ? renewed.replace(/^Signed-By:[^]*/m, "Signed-By: /root/new.asc\n") : renewed;
      await machine.run("tee", ["/root/new/example.sources"], { input: sources });
      await apt("update", ...NEW);
    });
    await addKeyring(repository);
  });

  test("a key that ends soon is warned of in time; of one that is over gpgv refuses all", async () => {
    await withRepository({ daysAgo: 3, keyDays: 10 }, async (soon) => {
      expect((await soon.tryRepo("key show")).exitCode).toBe(1);
      const { stderr } = await soon.tryRepo("add", "stable", soon.deb({ name: "late" }));
      expect(stderr).toMatch(/warning: Key [0-9A-F]{40}: it expires/);
      await world().onEach((machine) => update(machine, soon));
    });
    await withRepository({ daysAgo: 3, keyDays: 1 }, async (over) => {
      await world().onEach(async (machine) => {
        // sqv takes what a key signed in its life.
        if (machine.release === "trixie") await update(machine, over);
        else await expect(update(machine, over)).rejects.toThrow("EXPKEYSIG");
      });
    });
  });

  test("a release past its Valid-Until is refused", async () => {
    await withRepository({ daysAgo: 3, keyDays: 1000, init: ["--valid-for-days", "1"] }, async (past) => {
      await world().onEach(async (machine) => {
        await expect(update(machine, past)).rejects.toThrow(/Release file for .* is expired/);
      });
    });
  });

  async function withRepository(
    options: { readonly daysAgo: number; readonly keyDays: number; readonly init?: readonly string[] },
    run: (repository: CliRepository) => Promise<void>,
  ): Promise<void> {
    const repository = cliRepository(options);
    const server = await startNginx({ root: repository.folder, port: world().otherPort });
    try {
      const made = await repository.run("key", "create", "Old", "--days", String(options.keyDays));
      const identity = ["--suite", "stable", "--origin", "Old", "--label", "Old", "--public-url", server.url];
      const key = made.trimEnd().split("\n").at(-1) ?? "";
      await repository.repo("init", ...identity, "--key", key, "--arch", "amd64", ...(options.init ?? []));
      await run(repository);
    } finally {
      await server.stop();
      await repository.destroy();
    }
  }
}

/** Adds the repository to a machine for the time of one update. */
async function update({ type, apt, machine }: AptMachine, repository: CliRepository): Promise<void> {
  const lines = await repository.repo("client", "stable");
  await type(lines.replace("sudo apt-get update", ""));
  try {
    await apt("update");
  } finally {
    await machine.sh("rm /etc/apt/sources.list.d/old.sources");
  }
}

async function addKeyring({ repo }: CliRepository): Promise<void> {
  const built = await repo("key package");
  await repo("add", "stable", built.trim());
}

const KEYRING = "/usr/share/keyrings/example-archive-keyring.asc";

/** A machine of the same kind beside the real one, which nobody upgrades. */
const KEEP_OLD = `mkdir /root/old /root/new
cp /etc/apt/keyrings/example-archive-keyring.asc /root/old.asc
sed 's|^Signed-By: .*|Signed-By: /root/old.asc|' /etc/apt/sources.list.d/example.sources >/root/old/example.sources
mkdir -p /root/old-lists/partial /root/new-lists/partial
chmod -R a+rX /root`;
const OLD = sourcesOf("old");
const NEW = sourcesOf("new");

function sourcesOf(name: string): string[] {
  return ["-o", `Dir::Etc::SourceParts=/root/${name}`, "-o", `Dir::State::Lists=/root/${name}-lists`];
}
