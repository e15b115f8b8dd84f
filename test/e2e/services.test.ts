import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMachine, type Machine } from "../helpers/machine.ts";
import { build } from "../helpers/program.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { strictService, tinyServices } from "./service-projects.ts";

let old: string;
let current: string;
let strict: string;
beforeAll(async () => {
  old = await builtProject(tinyServices("1.0.0"), "tiny-old");
  current = await builtProject(tinyServices("2.0.0"), "tiny-new");
  strict = await builtProject(strictService("1.0.0"), "strict");
});

describe("services on a booted machine", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine({ name: "services", packages: ["debsums"] });
    await machine.boot();
    await machine.sh("apt-get -q update");
  });
  afterAll(() => machine.destroy());

  test("the installation starts and enables all of them, both instances and the socket too", async () => {
    const { stderr } = await machine.aptInstall(old);
    expect(stderr).not.toContain("tiny: ");
    const units = ["tiny-restart", "tiny-reload", "tiny-stop", "tiny-leave", "tiny-many@1", "tiny-many@2"];
    for (const unit of [...units, "tiny-socket", "tiny-socket.socket"])
      expect(await state(unit)).toBe("active enabled");
    expect(await answer("18101")).toMatch(/^1\.0\.0 /);
    expect(await answer("18111")).not.toBe(await answer("18112"));
    expect(await overSocket()).toMatch(/^1\.0\.0 /);
    const limits = await machine.sh("cat /proc/$(systemctl show -P MainPID tiny-restart)/limits");
    expect(limits).toMatch(/^Max open files +4321 +4321 /m);
  });

  test("an upgrade restarts, reloads, stops before unpacking, or leaves, as each asks", async () => {
    const before = await answers();
    await machine.sh("systemctl disable --now tiny-many@2 2>/dev/null");
    await machine.aptInstall(current);
    const after = await answers();
    expect(after["18101"]).toMatch(/^2\.0\.0 /);
    expect(after["18102"]).toBe(before["18102"]?.replace(/0$/, "1"));
    expect(after["18103"]).toMatch(/^2\.0\.0 /);
    expect(after["18104"]).toBe(before["18104"]);
    expect(await machine.sh("cat /var/tmp/preinst")).toBe(
      "install tiny-stop=inactive tiny-leave=inactive\nupgrade tiny-stop=inactive tiny-leave=active",
    );
    expect(await answer("18111")).toMatch(/^2\.0\.0 /);
    // What the administrator has turned off stays off.
    expect(await machine.sh("systemctl is-active tiny-many@2 || true")).toBe("inactive");
    expect(await overSocket()).toMatch(/^2\.0\.0 /);
  });

  test("a health check that fails is told in plain words, and the package is installed", async () => {
    await machine.sh("touch /etc/tiny-sick");
    const { exitCode, stderr } = await reinstall(current);
    expect(stderr).toContain(
      "tiny: tiny-restart.service runs, but does not work (it may say why in: journalctl -u tiny-restart.service): http://127.0.0.1:18101/health answered 503 Service Unavailable (asked for 10 s)",
    );
    expect(exitCode).toBe(0);
    await machine.sh("rm /etc/tiny-sick");
  });

  test("a service that ends at once is told, and with on-start-failure = warn the package is installed", async () => {
    await machine.sh("touch /etc/tiny-broken");
    const { exitCode, stderr } = await reinstall(current);
    expect(stderr).toContain(
      "tiny: tiny-restart.service ended soon after its start. It says why in: journalctl -u tiny-restart.service\n",
    );
    expect(stderr).toContain("tiny: tiny-many@1.service ended soon after its start.");
    expect(stderr).not.toContain("tiny: tiny-leave.service");
    expect(stderr).not.toContain("tiny: tiny-many@2.service");
    expect(exitCode).toBe(0);
    await machine.sh("rm /etc/tiny-broken");
    expect((await reinstall(current)).stderr).not.toContain("tiny: ");
    expect(await answer("18101")).toMatch(/^2\.0\.0 /);
  });

  test("nothing is started or asked where policy-rc.d forbids it", async () => {
    await machine.sh(`printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
      systemctl stop tiny-restart; touch /etc/tiny-sick`);
    const { exitCode, stderr } = await reinstall(current);
    expect({ exitCode, said: stderr.includes("tiny: ") }).toEqual({ exitCode: 0, said: false });
    expect(await machine.sh("systemctl is-active tiny-restart || true")).toBe("inactive");
    await machine.sh("rm /usr/sbin/policy-rc.d /etc/tiny-sick");
  });

  test("a removal stops every instance and socket, a purge leaves no link", async () => {
    await machine.sh("apt-get -q -y remove tiny");
    expect(
      await machine.sh("systemctl list-units --state=active,activating,failed --plain --no-legend 'tiny*'"),
    ).toBe("");
    await machine.sh("apt-get -q -y purge tiny");
    const left =
      "find /etc/systemd /var/lib/systemd/deb-systemd-helper-* /usr/lib/systemd /run/tiny* -name '*tiny*' 2>/dev/null || true";
    expect(await machine.sh(left)).toBe("");
  });

  test("with on-start-failure = fail apt fails, and one dpkg --configure -a sets it right", async () => {
    await machine.sh("touch /etc/tiny-broken");
    const path = await machine.copyIn(strict);
    const failed = await machine.run("apt-get", ["-q", "-y", "install", path], { check: false });
    // apt gives scripts a terminal, and what they say there is on its stdout.
    expect(failed.stdout).toContain("strict: strict.service ended soon after its start.");
    expect(failed.stdout).toContain("When that is set right: dpkg --configure -a");
    expect(failed.exitCode).not.toBe(0);
    expect(await status("strict")).toBe("iF ");
    await machine.sh("rm /etc/tiny-broken && dpkg --configure -a");
    expect(await status("strict")).toBe("ii ");
    expect(await state("strict")).toBe("active enabled");
    expect(await machine.sh("journalctl -u strict -o cat")).toContain(`serves 1.0.0 it's 100% "well"`);
  });

  test("a health check fails the installation as well, and a reinstallation sets it right", async () => {
    await machine.sh("touch /etc/tiny-sick");
    const failed = await reinstall(strict);
    expect(failed.stderr).toContain("http://127.0.0.1:18120/ answered 503 Service Unavailable");
    expect(failed.exitCode).not.toBe(0);
    await machine.sh("rm /etc/tiny-sick");
    expect((await reinstall(strict)).exitCode).toBe(0);
    await machine.sh("apt-get -q -y purge strict");
    expect(
      await machine.sh(
        "find /etc -name '*strict*'; systemctl list-units --state=active,activating,failed --plain --no-legend 'strict*'",
      ),
    ).toBe("");
  });

  async function state(unit: string): Promise<string> {
    return machine.sh(`echo $(systemctl is-active ${unit}; systemctl is-enabled ${unit})`);
  }

  async function status(name: string): Promise<string> {
    return machine.sh(`dpkg-query -W -f '\${db:Status-Abbrev}' ${name}`);
  }

  async function overSocket(): Promise<string> {
    return machine.sh(`/usr/bin/python3.11 -c '
import socket
s = socket.socket(socket.AF_UNIX); s.connect("/run/tiny.sock"); s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
print(s.makefile().read().split("\\n\\n")[-1])'`);
  }

  async function reinstall(deb: string) {
    const path = await machine.copyIn(deb);
    return machine.run("dpkg", ["-i", path], { check: false });
  }
});

describe("a service with SysV init", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine({ name: "sysv", packages: ["debsums"] });
    await machine.sh("apt-get -q update && apt-get -q -y install --no-install-recommends python3.11 adduser");
    await machine.copyIn(strict, "/var/tmp/strict.deb");
  });
  afterAll(() => machine.destroy());

  test("starts, stops and fails as under systemd, by invoke-rc.d and where policy-rc.d allows it", async () => {
    const said = sections(await machine.sh(SYSV_LIFE));
    expect(said["forbidden"]).toContain("strict is not running.\nstatus 3");
    expect(said["install"]).toMatch(
      /^strict is running\.\nstrict\n1\.0\.0\nserves 1\.0\.0 it's 100% "well"$/m,
    );
    expect(said["install"]).toMatch(/^Max open files +4321 +4321 /m);
    expect(said["install"]).toMatch(/\nstrict 755\nroot 640\nS01strict$/);
    expect(said["by hand"]).toBe(
      "Starting: strict.\nRestarting: strict.\n1.0.0\nStopping: strict.\nstrict is not running.\nstatus 3\nStopping: strict.",
    );
    expect(said["broken"]).toContain(
      "strict: strict did not start. It may say why in: /var/log/strict.log\nstrict: the installation is not finished",
    );
    expect(said["broken"]).toMatch(/\ndpkg 1\niF \n[^]*\nstrict is running\.\nstrict$/);
    expect(said["sick"]).toContain(
      "strict: strict runs, but does not work (it may say why in: /var/log/strict.log): http://127.0.0.1:18120/ answered 503 Service Unavailable (asked for 3 s)\n",
    );
    expect(said["sick"]).toMatch(/\ndpkg 1\n[^]*\nnot asked in a chroot$/);
    expect(said["remove"]).toMatch(/\nended\n644\nquiet\nS01strict$/);
    expect(said["again"]).toMatch(/\n755\nstrict is running\.\nstrict$/);
    expect(said["purge"]).toMatch(/Purging configuration files for strict .*\nnothing left$/);
  });
});

/** In one container from its start to its end, since that takes every process with it. */
const SYSV_LIFE = String.raw`exec 2>&1
policy() { printf '#!/bin/sh\nexit %s\n' "$1" >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; }
status() {
    service strict status || { echo "status $?"; return 0; }
    stat -c %U "/proc/$(cat /run/strict.pid)"
}
ask() { /usr/bin/python3.11 -c 'import urllib.request as r; print(r.urlopen("http://127.0.0.1:18120/").read().decode().split()[0])'; }
install() { dpkg -i /var/tmp/strict.deb || echo "dpkg $?"; }

echo "# forbidden"
policy 101; install; status

echo "# install"
policy 104; install; status; ask; head -1 /var/log/strict.log
grep 'open files' "/proc/$(cat /run/strict.pid)/limits"
stat -c '%U %a' /var/lib/strict /var/log/strict.log; ls /etc/rc2.d | grep strict

echo "# by hand"
service strict stop >/dev/null
service strict start; service strict restart; ask; service strict stop; status; service strict stop

echo "# broken"
touch /etc/tiny-broken; install; dpkg-query -W -f '${"$"}{db:Status-Abbrev}\n' strict
rm /etc/tiny-broken; dpkg --configure -a; status

echo "# sick"
touch /etc/tiny-sick; install
for folder in / /proc /dev /run; do mount --bind "$folder" "/mnt$folder"; done
chroot /mnt dpkg --configure -a && echo "not asked in a chroot"
rm /etc/tiny-sick

echo "# remove"
pid=$(cat /run/strict.pid); dpkg --remove strict; [ -e "/proc/$pid" ] || echo ended
stat -c %a /etc/init.d/strict; sh /etc/init.d/strict start && echo quiet; ls /etc/rc2.d | grep strict

echo "# again"
install; stat -c %a /etc/init.d/strict; status

echo "# purge"
dpkg --purge strict; find /etc /var/log /run -name '*strict*' | grep . || echo "nothing left"
`;

/** What was said below each "# title". */
function sections(output: string): Record<string, string> {
  const parts = output.split(/^# (.*)\n/m).slice(1);
  return Object.fromEntries(
    parts.flatMap((title, index) => (index % 2 === 0 ? [[title, (parts[index + 1] ?? "").trimEnd()]] : [])),
  );
}

async function answers(): Promise<Record<string, string>> {
  const ports = ["18101", "18102", "18103", "18104"];
  return Object.fromEntries(
    await Promise.all(ports.map(async (port) => [port, await answer(port)] as const)),
  );
}

async function answer(port: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}

async function builtProject(files: Readonly<Record<string, string>>, name: string): Promise<string> {
  const folder = join(runFolder(), "services", name);
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return (await build(folder)).path;
}
