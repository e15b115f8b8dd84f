import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine, RunResult } from "../../src/rehearse/machine/types.ts";
import { createMachine } from "../helpers/machine.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { buildClockwork } from "./clockwork.ts";

let machine: Machine;
let debs: { first: string; second: string };

beforeAll(async () => {
  debs = { first: await buildClockwork("1.0.0"), second: await buildClockwork("2.0.0") };
  machine = await createMachine({ name: "cron", packages: ["debsums"] });
  await machine.boot();
  await machine.sh("apt-get -q update && useradd --create-home visitor");
  await machine.aptInstall(debs.first);
});
afterAll(() => machine.destroy());

test("lintian has no error and no warning", async () => {
  const { stdout } = await execa(
    "lintian",
    ["--allow-root", "--tag-display-limit", "0", "--display-level", ">=warning", debs.first],
    { reject: false },
  );
  expect(stdout).toBe("");
});

describe("an installation", () => {
  test("brings cron and logrotate along", async () => {
    expect(await machine.sh("dpkg-query -W -f '${db:Status-Abbrev}' cron logrotate")).toBe("ii ii ");
    expect(await machine.sh("systemctl is-active cron clockwork clockwork-timed.timer")).toBe(
      "active\nactive\nactive",
    );
  });

  test("makes the folders with their modes and owners", async () => {
    const folders =
      "/etc/clockwork/conf.d /run/clockwork /var/lib/clockwork /var/lib/clockwork/up /var/log/clockwork";
    expect(await machine.sh(`stat -c '%a %U:%G %n' ${folders}`)).toBe(
      [
        "755 root:root /etc/clockwork/conf.d",
        "755 clockwork:clockwork /run/clockwork",
        "750 clockwork:clockwork /var/lib/clockwork",
        "2770 clockwork:www-data /var/lib/clockwork/up",
        "755 clockwork:clockwork /var/log/clockwork",
      ].join("\n"),
    );
  });

  test("lets the service write to its folders, whose group they keep", async () => {
    await machine.sh("ls /var/lib/clockwork/served /run/clockwork/served /var/log/clockwork/served");
    expect(await machine.sh("stat -c %U:%G /var/lib/clockwork/up/served")).toBe("clockwork:www-data");
  });

  test("is the migration from nothing", async () => {
    expect(await machine.sh("cat /var/lib/clockwork/versions")).toBe("[] [1.0.0-1]");
  });
});

describe("by the clock", () => {
  test("the line of cron runs as its user, with its words and its environment", async () => {
    expect(await notes("/var/lib/clockwork/cron.log", 130)).toEqual({
      words: ["50%", "it's", 'a "b" \\\\% c', "$HOME"],
      user: "clockwork",
      greeting: ' "a"',
      path: "/opt/clockwork/bin",
    });
  });

  test("the timer fires", async () => {
    expect(await notes("/var/lib/clockwork/timer.log", 70)).toEqual({
      words: ["50%"],
      user: "clockwork",
      greeting: null,
      path: "/opt/clockwork/bin",
    });
  });

  test("logrotate begins a new file for the same owner and runs what comes after", async () => {
    await machine.sh("echo old | runuser -u clockwork -- tee /var/log/clockwork/app.log");
    await machine.sh("logrotate --force /etc/logrotate.d/clockwork");
    const stat = await machine.sh("cd /var/log/clockwork; stat -c '%a %U %s %n' app.log app.log.1");
    expect(stat).toBe("640 clockwork 0 app.log\n644 clockwork 4 app.log.1");
    expect(existsSync(join(machine.root, "var/lib/clockwork/rotated"))).toBe(true);
  });
});

describe("a trigger", () => {
  test("runs the command once for all names, and touches no service", async () => {
    const pid = await machine.sh("systemctl show -P MainPID clockwork");
    await machine.sh(`
      mkdir -p /tmp/theme/DEBIAN /tmp/theme/usr/share/clockwork-themes
      echo a >/tmp/theme/usr/share/clockwork-themes/a
      echo b >/tmp/theme/usr/share/clockwork-themes/b
      printf '%s\\n' 'Package: theme' 'Version: 1' 'Architecture: all' 'Maintainer: A <a@example.org>' 'Description: x' >/tmp/theme/DEBIAN/control
      echo 'activate-noawait clockwork-refresh' >/tmp/theme/DEBIAN/triggers
      dpkg-deb --root-owner-group -b /tmp/theme /tmp/theme.deb && dpkg -i /tmp/theme.deb`);
    const { words, user } = JSON.parse(await machine.sh("cat /var/lib/clockwork/trigger.log"));
    expect([words[0], ...words.slice(1).toSorted()]).toEqual([
      "it's $HOME",
      "/usr/share/clockwork-themes",
      "clockwork-refresh",
    ]);
    expect(user).toBe("root");
    expect(await machine.sh("systemctl show -P MainPID clockwork")).toBe(pid);
    expect(await machine.sh("dpkg --audit")).toBe("");
  });
});

describe("the operator's command", () => {
  test("status tells version and services, to anyone", async () => {
    for (const ask of [asRoot, asVisitor]) {
      const { exitCode, stdout } = await ask("status");
      expect(exitCode, stdout).toBe(0);
      expect(stdout).toContain("clockwork: installed 1.0.0-1, in /opt/clockwork");
      expect(stdout).toMatch(/clockwork\.service[\s\S]*Active: active[\s\S]*clockwork-timed\.timer/);
    }
    await machine.sh("systemctl stop clockwork");
    expect((await asVisitor("status")).exitCode).toBe(3);
    await machine.sh("systemctl start clockwork");
  });

  test("logs shows what services and timers logged, and tells an ordinary user who may", async () => {
    expect((await asRoot("logs")).stdout).toContain("clockwork ticks");
    expect((await asRoot("logs", "--lines=1", "--output=cat")).stdout.split("\n")).toHaveLength(1);
    expect((await asVisitor("logs")).stderr).toContain("only root and the groups adm and systemd-journal");
  });

  test("run and shell work in the environment, as the service's user or as who asks", async () => {
    await machine.sh(`printf '%s\\n' '# comment' 'SECRET="from the file"' >>/etc/default/clockwork`);
    const question =
      'echo "$(id -un) $(command -v clockwork) $GREETING, ${SECRET-no secret}, $VIRTUAL_ENV, $1"';
    const run = await asRoot("run", "sh", "-c", question, "sh", "it's $HOME");
    expect(run.stdout).toBe(
      "clockwork /opt/clockwork/bin/clockwork from the unit, from the file, /opt/clockwork, it's $HOME",
    );
    const visitor = await asVisitor("run", "sh", "-c", question, "sh", "x");
    expect(visitor.stdout).toBe(
      "visitor /opt/clockwork/bin/clockwork from the unit, no secret, /opt/clockwork, x",
    );
    expect(visitor.stderr).toContain("runs as visitor, since only root can run it as clockwork");
    expect((await asRoot("run", "sh", "-c", "exit 7")).exitCode).toBe(7);
    for (const [user, command] of [
      ["clockwork", ["clockwork-ctl", "shell"]],
      ["visitor", ["runuser", "-u", "visitor", "--", "clockwork-ctl", "shell"]],
    ] as const) {
      const [file = "", ...args] = command;
      const { stdout } = await machine.run(file, args, {
        input: "id -un; python -c 'import clockwork, sys; print(sys.prefix)'\n",
      });
      expect(stdout).toBe(`${user}\n/opt/clockwork`);
    }
  });

  test("check finds everything right, and then what is not", async () => {
    for (const ask of [asRoot, asVisitor]) {
      const { exitCode, stdout, stderr } = await ask("check");
      expect(exitCode, `${stdout}${stderr}`).toBe(0);
      expect(stdout).toMatch(/distributions: 2 with \d+ files\nmodules: 2 at the top level\nlibraries: 0/);
      expect(stdout).toContain("everything is as it should be");
    }
    const module = "/opt/clockwork/lib/python3.*/site-packages/colorama/ansi.py";
    await machine.sh(`cp -p ${module} /tmp/ansi.py; echo 'import nowhere' >>$(echo ${module})`);
    await machine.sh("rm /opt/clockwork/lib/python3.*/site-packages/colorama/__pycache__/ansi.*.pyc");
    const { exitCode, stdout } = await asVisitor("check");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^problem: colorama: .*ansi\.py is not as it was installed$/m);
    expect(stdout).toMatch(/^problem: import colorama: ModuleNotFoundError: No module named 'nowhere'$/m);
    await machine.sh(
      `apt-get -q -y install --reinstall -o Dpkg::Options::=--force-confold ${await machine.copyIn(debs.first)}`,
    );
    expect((await asRoot("check")).exitCode).toBe(0);
  });

  test("config tells which files are edited, as far as one may read them", async () => {
    await machine.sh("echo '# mine' >>/etc/cron.d/clockwork-lines; rm /etc/logrotate.d/clockwork");
    expect((await asRoot("config")).stdout.split("\n")).toEqual([
      "environment: /opt/clockwork",
      "user: clockwork",
      "settings files:",
      "  /etc/cron.d/clockwork-lines: edited",
      "  /etc/default/clockwork: edited",
      "  /etc/logrotate.d/clockwork: deleted",
    ]);
    expect((await asVisitor("config")).stdout).toContain("/etc/default/clockwork: not readable for you");
  });

  test("--help says how, and an unknown word is refused", async () => {
    for (const ask of [asRoot, asVisitor]) {
      expect((await ask("--help")).stdout).toContain("Usage: clockwork-ctl COMMAND");
      expect((await ask("nonsense")).exitCode).toBe(2);
    }
  });
});

describe("an upgrade", () => {
  test("whose migration fails is not configured, and says what to do", async () => {
    await machine.sh("touch /var/lib/clockwork/block");
    const path = await machine.copyIn(debs.second);
    const { exitCode, stderr, stdout } = await machine.run(
      "apt-get",
      ["-q", "-y", "-o", "Dpkg::Options::=--force-confold", "install", path],
      { check: false },
    );
    expect(exitCode).not.toBe(0);
    expect(`${stdout}${stderr}`).toContain("clockwork: the migration to 2.0.0-1 ended with an error");
    expect(await machine.sh("dpkg-query -W -f '${db:Status-Status}' clockwork")).toBe("half-configured");
  });

  test("is configured by dpkg when the cause is gone, with the version before", async () => {
    await machine.sh("rm /var/lib/clockwork/block && dpkg --configure -a");
    expect((await machine.sh("cat /var/lib/clockwork/versions")).split("\n").slice(-1)).toEqual([
      "[1.0.0-1] [2.0.0-1]",
    ]);
    expect(await machine.sh("systemctl is-active clockwork clockwork-timed.timer")).toBe("active\nactive");
  });
});

describe("the end", () => {
  test("a removal stops service and timer, and cron's line is quiet", async () => {
    await machine.sh("touch /var/lib/clockwork-kept/data && apt-get -q -y remove clockwork");
    expect(await machine.sh("systemctl is-active clockwork clockwork-timed.timer || true")).toBe(
      "inactive\ninactive",
    );
    const line = await machine.sh("grep '^\\* ' /etc/cron.d/clockwork-lines | sed 's/.* clockwork \\[/[/'");
    expect(await machine.run("sh", ["-c", line], { check: false })).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "",
    });
  });

  test("a purge removes what is marked, and never more", async () => {
    await machine.sh("apt-get -q -y purge clockwork");
    const left = await machine.sh(
      "find /etc /opt /run /usr/lib /usr/bin /var/lib /var/log -name '*clockwork*' ! -path '*deb-systemd*' | sort",
    );
    expect(left.split("\n")).toEqual(["/var/lib/clockwork-kept"]);
    expect(await machine.sh("ls /var/lib/clockwork-kept")).toBe("data");
  });
});

/** The only note that a job wrote first, once it is there. */
async function notes(path: string, seconds: number): Promise<unknown> {
  const line = await waitFor(
    async () => {
      const { stdout } = await machine.run("head", ["-n", "1", path], { check: false });
      return stdout === "" ? undefined : stdout;
    },
    { what: path, seconds },
  );
  return JSON.parse(line);
}

async function asVisitor(...args: string[]): Promise<RunResult> {
  return machine.run("runuser", ["-u", "visitor", "--", "clockwork-ctl", ...args], { check: false });
}

async function asRoot(...args: string[]): Promise<RunResult> {
  return machine.run("clockwork-ctl", args, { check: false });
}
