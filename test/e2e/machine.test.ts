import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { sweepDeadRuns } from "../helpers/machine-cache.ts";
import { diffSnapshots, snapshotTree } from "../helpers/tree-snapshot.ts";

let machine: Machine;
beforeAll(async () => {
  machine = await createMachine({ name: "self", packages: ["debsums"] });
});
afterAll(() => machine.destroy());

test("a machine that is not booted runs programs as root of its own tree", async () => {
  expect(await machine.sh("id -u; cat /proc/1/comm; test -d /run/systemd/system || echo no systemd")).toBe(
    "0\n(sd-stubinit)\nno systemd",
  );
});

test("a failing program is an error with its output, unless asked for", async () => {
  await expect(machine.sh("echo lost >&2; exit 3")).rejects.toThrow(/exit code 3\n.*\nlost/s);
  expect(await machine.run("sh", ["-c", "exit 3"], { check: false })).toMatchObject({ exitCode: 3 });
});

test("a booted machine runs systemd, and its apt reaches Debian", async () => {
  await machine.boot();
  expect(await machine.sh("cat /proc/1/comm; systemctl is-system-running")).toBe("systemd\nrunning");
  await machine.sh("apt-get -q update && apt-get -q -y install --no-install-recommends hello && hello");
});

test("a package that cleans up leaves no trace in the snapshot, one that does not is told", async () => {
  await machine.sh("apt-get -q -y purge hello");
  const before = snapshotTree(machine.root);
  await machine.sh("apt-get -q -y install --no-install-recommends hello && apt-get -q -y purge hello");
  expect(diffSnapshots(before, snapshotTree(machine.root))).toEqual([]);
  await machine.sh("mkdir /opt/left && chmod 700 /srv && echo x >> /etc/motd");
  expect(diffSnapshots(before, snapshotTree(machine.root))).toEqual([
    expect.stringMatching(/^~ \/etc\/motd file /),
    expect.stringMatching(/^\+ \/opt\/left directory 0:0 755$/),
    expect.stringMatching(/^~ \/srv directory 0:0 755 -> directory 0:0 700$/),
  ]);
});

test("the machine of a killed test run is ended and removed by the next one", async () => {
  const orphan = await createMachine({ name: "orphan", packages: ["debsums"] });
  await orphan.boot();
  const folder = join(orphan.root, "..");
  // A process that cannot be: numbers end at 2^22.
  await writeFile(join(folder, "owner"), "4194305 1");
  await sweepDeadRuns();
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(join(machine.root, "etc"))).toBe(true);
});
