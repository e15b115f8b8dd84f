import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { settingMistakes } from "../helpers/setting-mistakes.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

describe("mistakes", () => {
  it("are all shown at once, in the file's order, with key, place, what is wrong and what is meant", async () => {
    const toml = `[project]
name = "x"
[tool.venvdeb]
compresion = "xz"
python = 3.11
priority = "optionl"
depends = ["libpq5 >= 15", "ok-name"]
prefix = "/usr/bin"
[tool.venvdeb.service."web.service"]
command = "web"
[tool.venvdeb.service.web]
command = "web > /tmp/log"
envronment = { "A-B" = "1" }
[tool.venvdeb.files]
"etc/x" = "x"
"/etc/y" = { source = "../y", mode = 644 }
`;
    expect(await settingMistakes(toml, { file: "pyproject.toml" })).toEqual([
      'pyproject.toml:4:1: tool.venvdeb.compresion: unknown setting (did you mean "compression"?)',
      'pyproject.toml:5:10: tool.venvdeb.python: found 3.11, wanted text in quotes such as "3.11"',
      'pyproject.toml:6:12: tool.venvdeb.priority: found "optionl", wanted "required", "important", "standard" or "optional" (did you mean "optional"?)',
      'pyproject.toml:7:12: tool.venvdeb.depends[0]: found "libpq5 >= 15", wanted "name", "name (>= 1.2)" or "name (>= 1.2) | other"',
      'pyproject.toml:8:10: tool.venvdeb.prefix: found "/usr/bin", wanted a folder below /opt, /srv or /usr/lib',
      'pyproject.toml:9:23: tool.venvdeb.service."web.service": found "web.service", wanted the name of a unit without its suffix',
      'pyproject.toml:12:11: tool.venvdeb.service.web.command: found "web > /tmp/log", wanted a command for which no shell is needed; this one has the shell\'s operator >',
      'pyproject.toml:13:1: tool.venvdeb.service.web.envronment: unknown setting (did you mean "environment"?)',
      'pyproject.toml:15:1: tool.venvdeb.files."etc/x": found "etc/x", wanted an absolute path, which starts with "/"',
      'pyproject.toml:16:23: tool.venvdeb.files."/etc/y".source: found "../y", wanted a path inside the project, without a leading "/" and without ".."',
      'pyproject.toml:16:38: tool.venvdeb.files."/etc/y".mode: found 644, wanted text in quotes such as "644"',
    ]);
  });

  it.each([
    ["name", '"Hello"', "name"],
    ["name", '"x"', "name"],
    ["version", '"one"', "version"],
    ["revision", '"1-2"', "revision"],
    ["maintainer", '"Jane"', "maintainer"],
    ["maintainer", '"Jane\\nX: y <a@b>"', "maintainer"],
    ["description", '" "', "description"],
    ["homepage", '"hello.example.org"', "homepage"],
    ["section", '"pyhton"', "section"],
    ["architecture", '"amd64"', "architecture"],
    ["prefix", '"opt/x"', "prefix"],
    ["prefix", '"/opt"', "prefix"],
    ["prefix", '"/opt/../etc"', "prefix"],
    ["prefix", '"/opt/a b"', "prefix"],
    ["prefix", '"/usr/lib/python3"', "prefix"],
    ["prefix", '"/usr/lib/x86_64-linux-gnu/x"', "prefix"],
    ["prefix", `"/opt/${"x".repeat(110)}"`, "prefix"],
    ["python", '"3"', "python"],
    ["interpreter", '"bundled"', "interpreter"],
    ["installer", '"conda"', "installer"],
    ["requirements", '["/etc/passwd"]', "requirements[0]"],
    ["requirements", '"requirements.txt"', "requirements"],
    ["extras", '["a", "a"]', "extras"],
    ["extras", '["a b"]', "extras[0]"],
    ["groups", "[1]", "groups[0]"],
    ["locked", '"yes"', "locked"],
    ["conflicts", '["a-b | c-d"]', "conflicts[0]"],
    ["provides", '["a-b (>= 1)"]', "provides[0]"],
    ["build-depends", '["libpq-dev (>= 1)"]', "build-depends[0]"],
    ["shlibs", '{ ignore = ["a b"] }', "shlibs.ignore[0]"],
    ["compression", '"bzip2"', "compression"],
    ["links", '{ "usr/bin/x" = "bin/x" }', 'links."usr/bin/x"'],
    ["links", '{ "/usr/bin/x" = "bin/python3" }', 'links."/usr/bin/x"'],
    ["links", '{ "/usr/bin/x" = "../x" }', 'links."/usr/bin/x"'],
    ["user", '{ name = "Hello" }', "user.name"],
    ["user", '{ home = "x" }', "user.home"],
    ["user", '{ groups = ["a:b"] }', "user.groups[0]"],
    ["files", '{ "/usr/local/x" = "x" }', 'files."/usr/local/x"'],
    ["files", '{ "/x" = "x" }', 'files."/x"'],
    ["files", '{ "/etc/x" = 1 }', 'files."/etc/x"'],
    ["files", '{ "/etc/x" = "/etc/x" }', 'files."/etc/x"'],
    ["files", '{ "/etc/x" = { source = "x", conffile = false } }', 'files."/etc/x".conffile'],
    ["files", '{ "/etc/x" = { source = "x", owner = "a b" } }', 'files."/etc/x".owner'],
    ["scripts", '{ postinst = "../x" }', "scripts.postinst"],
    ["scripts", '{ config = "x" }', "scripts.config"],
    ["target", "{ bookworm = {} }", "target.bookworm"],
    ["target", '{ "debian:bookworm" = { target = {} } }', 'target."debian:bookworm".target'],
    ["service", '{ "-x" = { command = "x" } }', "service.-x"],
    ["service", "{ x = { command = [] } }", "service.x.command"],
    ["service", '{ x = { command = ["a\\nb"] } }', "service.x.command[0]"],
    ["service", '{ x = { command = "x", state-directory = "/var/lib/x" } }', "service.x.state-directory"],
    ["service", '{ x = { command = "x", state-directory = "a/../b" } }', "service.x.state-directory"],
    ["service", '{ x = { command = "x", init = [] } }', "service.x.init"],
    ["service", '{ x = { command = "x", init = ["upstart"] } }', "service.x.init[0]"],
    ["service", '{ x = { command = "x", on-upgrade = "reboot" } }', "service.x.on-upgrade"],
    ["service", '{ x = { command = "x", on-start-failure = "rollback" } }', "service.x.on-start-failure"],
    ["service", '{ x = { command = "x", reload-command = "kill $MAINPID" } }', "service.x.reload-command"],
    ["service", '{ x = { command = "x", stop-signal = "TERM" } }', "service.x.stop-signal"],
    ["service", '{ x = { command = "x", stop-timeout = "forever" } }', "service.x.stop-timeout"],
    ["service", '{ x = { command = "x", stop-timeout = 30 } }', "service.x.stop-timeout"],
    ["service", '{ x = { command = "x", limits = { files = 1 } } }', "service.x.limits.files"],
    ["service", '{ x = { command = "x", limits = { nofile = -1 } } }', "service.x.limits.nofile"],
    ["service", '{ x = { command = "x", hardening = { "a b" = "x" } } }', 'service.x.hardening."a b"'],
    ["service", '{ x = { command = "x", hardening = "strict" } }', "service.x.hardening"],
    ["service", '{ x = { command = "x", instances = ["a b"] } }', "service.x.instances[0]"],
    ["service", '{ x = { command = "x", sockets = ["localhost"] } }', "service.x.sockets[0]"],
    ["service", '{ x = { command = "x", health = { timeout = "30s" } } }', "service.x.health"],
    [
      "service",
      '{ x = { command = "x", health = { http = "x", timeout = "30s" } } }',
      "service.x.health.http",
    ],
    ["service", '{ x = { command = "x", health = { socket = "run/x" } } }', "service.x.health.socket"],
    ["service", '{ x = { command = "x", environment = { "A=B" = "" } } }', 'service.x.environment."A=B"'],
    ["service", '{ x = { command = "x", environment = { A = 1 } } }', "service.x.environment.A"],
    ["service", '{ x = { command = "x", restart = "on-abort" } }', "service.x.restart"],
    ["cron", '{ "a.b" = { schedule = "@daily", command = "x" } }', 'cron."a.b"'],
    ["cron", '{ x = { schedule = "* * * *", command = "x" } }', "cron.x.schedule"],
    ["cron", '{ x = { schedule = "0 0 31 6 *", command = "x" } }', "cron.x.schedule"],
    ["cron", '{ x = { schedule = "@often", command = "x" } }', "cron.x.schedule"],
    ["cron", '{ x = { schedule = "@reboot", command = "x", timer = true } }', "cron.x.schedule"],
    ["cron", '{ x = { schedule = "@daily", command = "x > y" } }', "cron.x.command"],
    ["logrotate", "{ x = { paths = [] } }", "logrotate.x.paths"],
    ["logrotate", '{ x = { paths = ["/var/log/../x"] } }', "logrotate.x.paths[0]"],
    ["logrotate", '{ x = { paths = ["/var/log/x {"] } }', "logrotate.x.paths[0]"],
    ["logrotate", '{ x = { paths = ["/var/log/x"], size = "many" } }', "logrotate.x.size"],
    ["logrotate", '{ x = { paths = ["/var/log/x"], rotate = -1 } }', "logrotate.x.rotate"],
    ["directories", '[{ path = "/var/lib" }]', "directories[0].path"],
    ["directories", '[{ path = "/var/lib/dpkg/x" }]', "directories[0].path"],
    ["directories", '[{ path = "/var/lib/a/../dpkg" }]', "directories[0].path"],
    ["directories", '[{ path = "/home/x/y" }]', "directories[0].path"],
    ["directories", '[{ path = "/var/lib/x*" }]', "directories[0].path"],
    ["directories", '[{ path = "/etc/cron.d/x" }]', "directories[0].path"],
    ["directories", '[{ path = "/var/lib/x" }, { path = "/var/lib/x" }]', "directories[1].path"],
    ["triggers", '{ interest = ["a b"], command = "x" }', "triggers.interest[0]"],
    ["triggers", '{ interest = ["/a/"], command = "x" }', "triggers.interest[0]"],
    ["triggers", '{ command = "x" }', "triggers.command"],
    ["operator-command", '"yes"', "operator-command"],
  ])("%s = %s is one", async (key, value, at) => {
    const lines = await settingMistakes(`${key} = ${value}`);
    expect(lines).toHaveLength(1);
    const [found = "", message] =
      lines[0]?.replace(/^venvdeb\.toml:1:\d+: /, "").split(/: (?=found|unknown)/) ?? [];
    expect(found).toBe(at);
    expect(message).toMatch(/^found .+, wanted .+$|^unknown setting/);
  });

  it.each(["init"])("%s is not known yet", async (key) => {
    expect((await settingMistakes(`[${key}]`))[0]).toContain("unknown setting");
  });

  it("never reach a prototype", async () => {
    expect(
      await settingMistakes('[__proto__]\nx = 1\n[service.x]\ncommand = "x"\nenvironment.__proto__ = "1"'),
    ).toEqual([
      "venvdeb.toml:1:2: __proto__: unknown setting",
      "venvdeb.toml:5:13: service.x.environment.__proto__: unknown setting",
    ]);
    expect(await settingMistakes("constructor = 1\ntoString = 2")).toHaveLength(2);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });

  it.each([
    ["[a\n", ":1:3"],
    ["a = 1\na = 2\n", ":2:1"],
    ["a = 99999999999999999999\n", ""],
  ])("of TOML say where: %j", async (toml, place) => {
    const folder = await tempFiles({ "venvdeb.toml": toml });
    const error = await thrown(() => readConfig(folder));
    expect([error.code, error.exitCode]).toEqual(["CONFIG_INVALID", 2]);
    expect(error.message).toContain(`Cannot read "${folder}/venvdeb.toml${place}`);
  });

  it("of the encoding are said", async () => {
    const folder = await tempFiles({ "venvdeb.toml": new Uint8Array([0x61, 0xff]) });
    expect((await thrown(() => readConfig(folder))).message).toContain("it is not UTF-8");
  });

  it("in a pyproject.toml without tables in place of tables are harmless", async () => {
    const folder = await tempFiles({ "pyproject.toml": "tool = 1" });
    expect((await readConfig(folder)).config.revision).toBe("1");
    expect(await settingMistakes("[tool]\nvenvdeb = 1", { file: "pyproject.toml" })).toEqual([
      "pyproject.toml:2:11: tool.venvdeb: found 1, wanted a table",
    ]);
  });
});
