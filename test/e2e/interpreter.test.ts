import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { interpreterPackages, repackPython } from "../helpers/python-update.ts";
import { builtVariant } from "../helpers/samples.ts";
import { waitFor } from "../helpers/wait-for.ts";

const port = "8021";
let machine: Machine;

beforeAll(async () => {
  const deb = await builtVariant("hello-web", {
    id: "interpreter",
    edits: { "pyproject.toml": [["127.0.0.1:8000", `127.0.0.1:${port}`]] },
  });
  machine = await createMachine({ name: "interpreter", packages: ["debsums"] });
  await machine.boot();
  await machine.sh("apt-get -q update");
  await machine.aptInstall(deb);
  await expectGreeting();
});
afterAll(() => machine.destroy());

test("a security update of Python fires the trigger once, and the service runs on the new one", async () => {
  const before = await mainPid();
  const debs = await repackPython(machine, { suffix: "+test1" });
  expect(await timesTriggered(() => install(debs))).toBe(1);
  expect(await mainPid()).not.toBe(before);
  await expectGreeting();
  await expectWholeProgram();
});

test("a standard library that no longer fits the old program is no outage", async () => {
  await machine.sh("cp /usr/bin/python3.11 /var/tmp/old-python");
  const rename = { from: "_remove_dead_weakref", to: "_remove_gone_weakref", module: "weakref.py" };
  const debs = await repackPython(machine, { suffix: "+test2", rename });
  expect(await timesTriggered(() => install(debs))).toBe(1);
  // The outage of environments that have a copy of the program.
  const copied = await machine.run("/var/tmp/old-python", ["-c", "import weakref"], { check: false });
  expect(copied.stderr).toContain(`cannot import name '${rename.to}'`);
  expect(await machine.sh("/opt/hello-web/bin/python -B -c 'import weakref; print(weakref.ref)'")).toContain(
    "weakref",
  );
  await expectGreeting();
  await expectWholeProgram();
});

test("when the interpreter is removed apt's run says so in plain words, and the service is not ended", async () => {
  const before = await mainPid();
  const { stdout, stderr } = await machine.run("dpkg", [
    "--remove",
    "--force-depends",
    ...interpreterPackages,
  ]);
  expect(`${stdout}\n${stderr}`).toContain(
    "hello-web: /usr/bin/python3.11 is not there any more, so hello-web cannot start again. Install python3.11, or a hello-web that was built for this release.",
  );
  expect(await status()).toBe("ii ");
  expect(await mainPid()).toBe(before);
});

test("with the interpreter back everything works again", async () => {
  await machine.sh("apt-get -q -y --fix-broken install");
  expect(await status()).toBe("ii ");
  await machine.sh("systemctl is-active hello-web || systemctl restart hello-web");
  await expectGreeting();
  await expectWholeProgram();
});

async function install(debs: readonly string[]): Promise<void> {
  await machine.run("apt-get", ["-q", "-y", "--allow-downgrades", "install", ...debs]);
}

/** How often dpkg ran our trigger while something was done. */
async function timesTriggered(act: () => Promise<void>): Promise<number> {
  const before = await triggerCount();
  await act();
  return (await triggerCount()) - before;
}

async function triggerCount(): Promise<number> {
  const log = await readFile(join(machine.root, "var/log/dpkg.log"), "utf8");
  return log.match(/ trigproc hello-web:/g)?.length ?? 0;
}

async function mainPid(): Promise<string> {
  return machine.sh("systemctl show -P MainPID hello-web");
}

async function status(): Promise<string> {
  return machine.sh("dpkg-query -W -f '${db:Status-Abbrev}' hello-web");
}

/** No process of the service runs a program that was replaced on the disk. */
async function expectWholeProgram(): Promise<void> {
  const programs = await machine.sh(
    "for pid in $(cat /sys/fs/cgroup/systemd/system.slice/hello-web.service/cgroup.procs 2>/dev/null || systemctl show -P MainPID hello-web); do readlink /proc/$pid/exe; done",
  );
  expect(new Set(programs.split("\n"))).toEqual(new Set(["/usr/bin/python3.11"]));
}

async function expectGreeting(): Promise<void> {
  const greeting = await waitFor(
    async () => (await fetch(`http://127.0.0.1:${port}/hello/Debian`).catch(() => undefined))?.json(),
    { what: "the greeting", seconds: 30 },
  );
  expect(greeting).toEqual({ greeting: "Hello, Debian!" });
}
