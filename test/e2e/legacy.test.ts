import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { builtVariant } from "../helpers/samples.ts";
import {
  accountDatabases,
  diffSnapshots,
  snapshotTree,
  type TreeSnapshot,
} from "../helpers/tree-snapshot.ts";
import { waitFor } from "../helpers/wait-for.ts";

const url = "http://127.0.0.1:8025/";
let machine: Machine;
let older: string;
let newer: string;
let pristine: TreeSnapshot;

beforeAll(async () => {
  older = await variant("2.3.0");
  newer = await variant("2.4.0");
  machine = await createMachine({ name: "legacy", packages: ["debsums"] });
  await machine.enterChroot();
  await machine.sh("apt-get -q update");
  pristine = snapshotTree(machine.root);
});
afterAll(() => machine.destroy());

test("the package brings a script and no unit", async () => {
  await machine.aptInstall(older);
  const files = await machine.sh("dpkg -L legacy");
  expect(files).toMatch(/^\/etc\/init\.d\/legacy$/m);
  expect(files).not.toContain("/systemd/system/");
});

test("without systemd its script starts it, as its user, and tells its status", async () => {
  await expectVisitors();
  expect(await statusCode()).toBe(0);
  const owners = await machine.sh(
    "for d in /proc/[0-9]*; do tr '\\0' ' ' <$d/cmdline | grep -q '/opt/legacy/' && stat -c %U $d; done | sort -u; true",
  );
  expect(owners).toBe("legacy");
});

test("its script keeps LSB's rules: start and stop twice, restart, status when stopped", async () => {
  await script("start");
  await script("restart");
  await expectVisitors();
  await script("stop");
  await script("stop");
  expect(await statusCode()).toBe(3);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  await script("start");
  await expectVisitors();
});

test("/etc/default/legacy is read, and an upgrade restarts the service and keeps it", async () => {
  await machine.sh("echo GREETING=moin >>/etc/default/legacy");
  await machine.aptInstall(newer);
  expect(await expectVisitors()).toMatchObject({ greeting: "moin" });
  expect(await machine.sh("dpkg-query -W -f '${Version}' legacy")).toBe("2.4.0-1");
});

test("remove stops it, installing it again starts it, purge and autoremove leave nothing", async () => {
  await machine.sh("apt-get -q -y remove legacy");
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  // The script is a conffile: it stays, and says nothing when there is nothing to start.
  await script("start");
  await machine.aptInstall(newer);
  expect(await expectVisitors()).toMatchObject({ greeting: "moin" });
  await machine.sh("apt-get -q -y purge legacy");
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  expect(await machine.sh("ls /etc/rc?.d | grep legacy || true")).toBe("");
  await machine.sh("apt-get -q -y autoremove --purge");
  const differences = diffSnapshots(pristine, snapshotTree(machine.root));
  expect(differences.filter((line) => !isExpected(line))).toEqual([]);
});

async function script(verb: string): Promise<void> {
  await machine.run("/etc/init.d/legacy", [verb]);
}

async function statusCode(): Promise<number> {
  return (await machine.run("/etc/init.d/legacy", ["status"], { check: false })).exitCode;
}

async function expectVisitors(): Promise<unknown> {
  const answer = await waitFor(async () => (await fetch(url).catch(() => undefined))?.json(), {
    what: "the legacy service",
    seconds: 30,
  });
  expect(answer).toMatchObject({ visitors: expect.any(Number) });
  return answer;
}

async function variant(version: string): Promise<string> {
  const edits = {
    "setup.py": [['version="2.3.0"', `version="${version}"`]],
    "venvdeb.toml": [["8003", "8025"]],
  } as const;
  return builtVariant("legacy", { id: `legacy-${version}`, edits });
}

function isExpected(difference: string): boolean {
  if (difference === "- /opt directory 0:0 755") return true;
  return accountDatabases.some((path) => difference.startsWith(`~ ${path} `));
}
