import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { settingMistakes } from "../helpers/setting-mistakes.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

async function read(toml: string, target?: string) {
  const folder = await tempFiles({ "venvdeb.toml": toml });
  return (await readConfig(folder, target === undefined ? {} : { target })).config;
}

const DEFAULTS = {
  revision: "1",
  section: "misc",
  priority: "optional",
  architecture: "auto",
  environment: true,
  interpreter: "system",
  installer: "auto",
  extras: [],
  groups: [],
  relations: {
    depends: [],
    preDepends: [],
    recommends: [],
    suggests: [],
    conflicts: [],
    breaks: [],
    replaces: [],
    provides: [],
  },
  buildDepends: [],
  shlibs: { ignore: [], recommends: [] },
  compression: "xz",
  services: {},
  links: {},
  files: {},
  generates: {},
  jobs: {},
  rotations: {},
  directories: [],
  triggers: { interest: [], interestNoawait: [], activate: [], activateNoawait: [] },
  scripts: {},
  renames: {},
  operatorCommand: true,
};

describe("where settings are", () => {
  it("needs none", async () => {
    expect(await readConfig(await tempFiles())).toEqual({ config: DEFAULTS });
    expect(await readConfig(await tempFiles({ "pyproject.toml": '[project]\nname = "x"\n' }))).toEqual({
      config: DEFAULTS,
    });
  });

  it("reads [tool.venvdeb] of pyproject.toml and says so", async () => {
    const folder = await tempFiles({ "pyproject.toml": '[tool.venvdeb]\nname = "hello"\n' });
    const { config, source } = await readConfig(folder);
    expect(config.name).toBe("hello");
    expect(source).toBe(join(folder, "pyproject.toml"));
  });

  it("reads venvdeb.toml, where the table has no name", async () => {
    expect((await read('name = "hello"')).name).toBe("hello");
  });

  it("refuses to choose between the two", async () => {
    const folder = await tempFiles({ "pyproject.toml": "[tool.venvdeb]", "venvdeb.toml": "" });
    expect((await thrown(() => readConfig(folder))).code).toBe("CONFIG_AMBIGUOUS");
  });

  it("says when a file cannot be read", async () => {
    const folder = await tempFiles({ "venvdeb.toml/x": "" });
    expect((await thrown(() => readConfig(folder))).code).toBe("CONFIG_UNREADABLE");
  });
});

describe("normalised settings", () => {
  it("keeps what was typed and fills in defaults", async () => {
    const config = await read(`
      name = "hello-web"
      python = "3.11"
      depends = ["libpq5 (>= 15)", "a-b | c-d"]
      build-depends = ["libpq-dev"]
      shlibs = { ignore = ["libcuda.so.*"], recommends = ["Pillow", "Zope.Interface"] }
      links = { "/usr/bin/hello" = "bin/hello" }
      user = { home = "/var/lib/hello" }
      locked = true
    `);
    expect(config).toMatchObject({
      name: "hello-web",
      python: "3.11",
      relations: { depends: ["libpq5 (>= 15)", "a-b | c-d"], recommends: [] },
      buildDepends: ["libpq-dev"],
      shlibs: { ignore: ["libcuda.so.*"], recommends: ["pillow", "zope-interface"] },
      links: { "/usr/bin/hello": "bin/hello" },
      user: { home: "/var/lib/hello", groups: [] },
      locked: true,
    });
  });

  it("splits the command of a service as a shell would", async () => {
    const { services } = await read(`
      [service.web]
      command = "gunicorn --bind '127.0.0.1:8000' \\"hello app\\":app"
      environment = { WORKERS = "2" }
      state-directory = "hello"
      [service.worker]
      command = ["bin/hello", "a b"]
      restart = "always"
      enable = false
      start = false
      on-upgrade = "leave"
    `);
    const policy = {
      init: ["systemd"],
      onStartFailure: "warn",
      limits: {},
      instances: [],
      sockets: [],
    };
    expect(services).toEqual({
      web: {
        ...policy,
        command: ["gunicorn", "--bind", "127.0.0.1:8000", "hello app:app"],
        environment: { WORKERS: "2" },
        stateDirectory: "hello",
        restart: "on-failure",
        enable: true,
        start: true,
        onUpgrade: "restart",
      },
      worker: {
        ...policy,
        command: ["bin/hello", "a b"],
        environment: {},
        restart: "always",
        enable: false,
        start: false,
        onUpgrade: "leave",
      },
    });
  });

  it("takes the life of a service", async () => {
    const { services } = await read(`
      [service.web]
      command = "web"
      init = ["systemd", "sysv"]
      on-upgrade = "stop"
      on-start-failure = "fail"
      reload-command = "ctl reload {pid}"
      stop-signal = "SIGINT"
      stop-timeout = "2min"
      limits = { nofile = 65536, core = "infinity" }
      hardening = { PrivateTmp = "no", CapabilityBoundingSet = "" }
      instances = ["a", "b"]
      health = { command = "check --all", timeout = "1min" }
      [service.open]
      command = "open"
      hardening = false
      sockets = ["127.0.0.1:8000", "[::1]:8000", "8001", "/run/open.sock"]
      health = { socket = "/run/open.sock" }
      [service.usual]
      command = "usual"
      hardening = true
      health = { http = "http://127.0.0.1:8000/" }
      on-upgrade = "reload"
    `);
    expect(services).toMatchObject({
      web: {
        init: ["systemd", "sysv"],
        onUpgrade: "stop",
        onStartFailure: "fail",
        reloadCommand: ["ctl", "reload", "{pid}"],
        stopSignal: "SIGINT",
        stopTimeout: 120,
        limits: { nofile: "65536", core: "infinity" },
        hardening: { PrivateTmp: "no", CapabilityBoundingSet: "" },
        instances: ["a", "b"],
        health: { kind: "command", command: ["check", "--all"], timeout: 60 },
      },
      open: {
        hardening: false,
        sockets: ["127.0.0.1:8000", "[::1]:8000", "8001", "/run/open.sock"],
        health: { kind: "socket", path: "/run/open.sock", timeout: 30 },
      },
      usual: { onUpgrade: "reload", health: { kind: "http", url: "http://127.0.0.1:8000/", timeout: 30 } },
    });
    expect(services["usual"]).not.toHaveProperty("hardening");
  });

  it("takes files as a path or a table, and knows conffiles", async () => {
    const { files } = await read(`
      [files]
      "/etc/hello/a.toml" = "etc/a.toml"
      "/usr/share/hello/b" = { source = "b", mode = "0640", owner = "root:hello", conffile = true }
      "/usr/share/hello/c" = { source = "c", owner = "hello" }
    `);
    const root = { user: "root", group: "root" };
    expect(files).toEqual({
      "/etc/hello/a.toml": { source: "etc/a.toml", owner: root, conffile: true },
      "/usr/share/hello/b": {
        source: "b",
        mode: 0o640,
        owner: { user: "root", group: "hello" },
        conffile: true,
      },
      "/usr/share/hello/c": { source: "c", owner: { user: "hello", group: "hello" }, conffile: false },
    });
  });

  it("tells a script from the path of one", async () => {
    const { scripts } = await read('[scripts]\npostinst = "debian/extra.sh"\npostrm = "rm -rf /var/lib/x"');
    expect(scripts).toEqual({
      postinst: { kind: "file", path: "debian/extra.sh" },
      postrm: { kind: "inline", text: "rm -rf /var/lib/x" },
    });
  });
});

describe("overrides for a target", () => {
  const toml = `
    compression = "zstd"
    depends = ["a-b"]
    [service.web]
    command = "web"
    environment = { A = "1", B = "2" }
    [target."debian:bookworm"]
    depends = ["c-d"]
    [target."debian:bookworm".service.web]
    environment = { B = "3" }
    [target."debian:bookworm/arm64"]
    compression = "none"
  `;

  it("are left out for another target", async () => {
    expect((await read(toml, "debian:trixie/amd64")).relations.depends).toEqual(["a-b"]);
    expect((await read(toml)).relations.depends).toEqual(["a-b"]);
  });

  it("join tables and replace other values", async () => {
    const config = await read(toml, "debian:bookworm/amd64");
    expect(config.relations.depends).toEqual(["c-d"]);
    expect(config.compression).toBe("zstd");
    expect(config.services["web"]).toMatchObject({ command: ["web"], environment: { A: "1", B: "3" } });
  });

  it("of the release come before those of the architecture", async () => {
    const config = await read(toml, "debian:bookworm/arm64");
    expect([config.compression, config.relations.depends]).toEqual(["none", ["c-d"]]);
  });

  it("are checked whole, and blamed for what they break", async () => {
    expect(await settingMistakes('[target."debian:bookworm".service.web]\nrestart = "always"')).toEqual([
      'venvdeb.toml:1:35: target."debian:bookworm".service.web.command: missing, wanted text in quotes or a list',
    ]);
    expect(await settingMistakes('[target."debian:trixie"]\nnmae = "x"')).toEqual([
      'venvdeb.toml:2:1: target."debian:trixie".nmae: unknown setting (did you mean "name"?)',
    ]);
  });
});
