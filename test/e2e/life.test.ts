import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEnvironment } from "../helpers/environment-facts.ts";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { builtSample, type SampleName } from "../helpers/samples.ts";
import { diffSnapshots, leftovers, snapshotTree, type TreeSnapshot } from "../helpers/tree-snapshot.ts";
import { waitFor } from "../helpers/wait-for.ts";

interface Life {
  readonly sample: SampleName;
  readonly port: number;
  /** Asks the running service, by its port on this host. */
  readonly question: string;
  readonly answer: unknown;
}

const lives: readonly Life[] = [
  {
    sample: "hello-web",
    port: 8000,
    question: "http://127.0.0.1:8000/hello/Debian",
    answer: { greeting: "Hello, Debian!" },
  },
  {
    sample: "forecast",
    port: 8001,
    question: "http://127.0.0.1:8001/forecast?days=2",
    answer: { "2024-12-31": expect.closeTo(136, -1), "2025-01-01": expect.closeTo(136, -1) },
  },
];

describe.each(lives)("the life of $sample on a booted machine", ({ sample, port, question, answer }) => {
  let machine: Machine;
  let deb: string;
  let pristine: TreeSnapshot;
  let purged: TreeSnapshot;

  beforeAll(async () => {
    deb = await builtSample(sample);
    machine = await createMachine({ name: sample, packages: ["debsums"], ports: [port] });
    await machine.boot();
    await machine.sh("apt-get -q update");
    pristine = snapshotTree(machine.root);
  });
  afterAll(() => machine.destroy());

  test("apt installs it and fetches what it depends on", async () => {
    const { stdout } = await machine.aptInstall(deb);
    expect(stdout).toMatch(/^Get:\d+ .* python3\.\d+ /m);
    expect(await machine.sh(`dpkg-query -W -f '\${db:Status-Abbrev}' ${sample}`)).toBe("ii ");
  });

  test("the service is active, enabled and answers", async () => {
    await expectService();
    expect(await machine.sh(`systemctl is-enabled ${sample}`)).toBe("enabled");
    expect(await machine.sh(`stat -c %U /proc/$(systemctl show -P MainPID ${sample})`)).not.toBe("root");
  });

  test("the environment is whole: pip finds no conflict, every RECORD is true", async () => {
    const facts = await readEnvironment(machine, `/opt/${sample}`);
    expect(facts.pipCheck).toBe("No broken requirements found.");
    expect(facts.problems).toEqual([]);
    expect(facts.distributions).toContain(sample);
    expect(facts.distributions).not.toContain("pip");
    expect(facts.checkedFiles).toBeGreaterThan(100);
  });

  test("running it writes nothing below its prefix, and debsums agrees", async () => {
    const shipped = new Set((await machine.sh(`dpkg -L ${sample}`)).split("\n"));
    const there = filesBelow(machine.root, `/opt/${sample}`);
    expect(there.filter((path) => !shipped.has(path))).toEqual([]);
    expect(await machine.sh(`debsums --all ${sample} | grep -v ' OK$' || true`)).toBe("");
  });

  test("a restart of the machine brings the service back", async () => {
    await machine.powerOff();
    await machine.boot();
    await expectService();
  });

  test("remove ends the service and takes its code away", async () => {
    await machine.sh(`apt-get -q -y remove ${sample}`);
    expect(await machine.sh(`systemctl is-active ${sample} || true`)).toBe("inactive");
    expect(await machine.sh("ls -A /opt 2>/dev/null || true")).toBe("");
    await expect(fetch(question)).rejects.toThrow("fetch failed");
  });

  test("purge leaves nothing, reinstalling works, and purging again leaves nothing", async () => {
    await machine.sh(`apt-get -q -y purge ${sample}`);
    purged = snapshotTree(machine.root);
    await machine.aptInstall(deb);
    await expectService();
    await machine.sh(`apt-get -q -y purge ${sample}`);
    expect(diffSnapshots(purged, snapshotTree(machine.root))).toEqual([]);
  });

  test("with its dependencies gone too, the machine is what it was but for the account", async () => {
    await machine.sh("apt-get -q -y autoremove --purge");
    expect(leftovers(pristine, snapshotTree(machine.root))).toEqual([]);
    const accounts = await readFile(join(machine.root, "etc/passwd"), "utf8");
    expect(accounts).toMatch(new RegExp(`^${sample}:x:\\d+:\\d+:[^:]*:[^:]*:/usr/sbin/nologin$`, "m"));
  });

  async function expectService(): Promise<void> {
    const given = await waitFor(
      async () => {
        const response = await fetch(question).catch(() => undefined);
        return response?.json();
      },
      { what: `an answer of ${question}`, seconds: 30 },
    );
    expect(given).toEqual(answer);
    expect(await machine.sh(`systemctl is-active ${sample}`)).toBe("active");
  }
});

function filesBelow(root: string, folder: string): string[] {
  return [...snapshotTree(join(root, folder), []).keys()].map((path) => folder + path);
}
