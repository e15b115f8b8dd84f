import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { builtVariant } from "../helpers/samples.ts";
import { leftovers, snapshotTree, type TreeSnapshot } from "../helpers/tree-snapshot.ts";
import { waitFor } from "../helpers/wait-for.ts";

const url = "http://127.0.0.1:8025/";
let machine: Machine;
let older: string;
let newer: string;
let pristine: TreeSnapshot;

beforeAll(async () => {
  older = await variant("2.3.0");
  newer = await variant("2.4.0");
  machine = await createMachine({ name: "legacy", packages: ["debsums"], ports: [8003] });
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
  expect(await machine.sh("stat -c %U /proc/$(cat /run/legacy.pid)")).toBe("legacy");
});

test("the operator's command knows of it without systemd", async () => {
  const running = await machine.run("legacy-ctl", ["status"]);
  expect(running.stdout).toBe("legacy: installed 2.3.0-1, in /opt/legacy\nlegacy is running.");
  await machine.sh("printf 'one\\ntwo\\n' >>/var/log/legacy.log");
  expect((await machine.run("legacy-ctl", ["logs"])).stdout).toMatch(/^one\ntwo$/m);
  expect((await machine.run("legacy-ctl", ["logs", "-n", "1"])).stdout).toBe("two");
  await machine.sh("/etc/init.d/legacy stop && ! legacy-ctl status && /etc/init.d/legacy start");
  expect((await machine.run("legacy-ctl", ["check"])).exitCode).toBe(0);
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
  // The script is a conffile: it stays, not executable, and says nothing when there is nothing to start.
  expect(await machine.sh("stat -c %a /etc/init.d/legacy; sh /etc/init.d/legacy start")).toBe("644");
  await machine.aptInstall(newer);
  expect(await expectVisitors()).toMatchObject({ greeting: "moin" });
  await machine.sh("apt-get -q -y purge legacy");
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  expect(await machine.sh("ls /etc/rc?.d | grep legacy || true")).toBe("");
  await machine.sh("apt-get -q -y autoremove --purge");
  expect(leftovers(pristine, snapshotTree(machine.root))).toEqual([]);
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
