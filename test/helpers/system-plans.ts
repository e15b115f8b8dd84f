import type { Config, ServiceConfig } from "../../src/config/types.ts";
import { assemblePlan, type PlanInput } from "../../src/plan/assemble.ts";
import type { PackagePlan } from "../../src/plan/types.ts";
import type { ServicePlan } from "../../src/plan/system-types.ts";
import { GENERATED_TEMPLATE, generatedSettings } from "./generated-settings.ts";
import { planInput } from "./plan-input.ts";

/** A service as the settings give it when nothing but the command is set. */
export function service(changes: Partial<ServiceConfig> = {}): ServiceConfig {
  return {
    command: ["gunicorn", "hello:app"],
    environment: {},
    restart: "on-failure",
    enable: true,
    start: true,
    init: ["systemd"],
    onUpgrade: "restart",
    onStartFailure: "warn",
    limits: {},
    instances: [],
    sockets: [],
    ...changes,
  };
}

/** The plan of the package `hello`, with changes to its settings and its input. */
export function helloPlan(config: Partial<Config> = {}, input: Partial<PlanInput> = {}): PackagePlan {
  return assemblePlan(planInput({ config: { name: "hello", ...config }, input }));
}

/** A planned service, with nothing set but what is given. */
export function servicePlan(changes: Partial<ServicePlan> = {}): ServicePlan {
  return {
    ...service(),
    unit: "hello",
    description: "hello",
    command: ["/bin/true"],
    user: "hello",
    group: "hello",
    stopTimeout: 90,
    restart: "no",
    ...changes,
  };
}

/** One plan for each shape of package: nothing set, a plain service, everything. */
const PLAIN_JOB = { environment: {}, timer: false };

/** One plan for each shape of package: nothing set, a plain service, all of services, jobs and folders, no command. */
export const SYSTEM_PLANS: Readonly<Record<string, PackagePlan>> = {
  bare: helloPlan(),
  web: helloPlan({ services: { hello: service() }, links: { "/usr/bin/hello": "bin/hello" } }),
  full: helloPlan(
    {
      user: { name: "greeter", home: "/var/lib/greeter", groups: ["ssl-cert"] },
      services: {
        hello: service({
          description: "Says hello & 100% goodbye",
          command: ["bin/hello", "--greeting", 'say "hi"; $HOME 50%', ""],
          environment: { WORKERS: "2", GREETING: 'a "b" c\\d %h $x' },
          stateDirectory: "greeter",
          logsDirectory: "greeter",
          cacheDirectory: "greeter/web",
          runtimeDirectory: "hello",
          workingDirectory: "/var/lib/greeter",
        }),
        "hello-worker": service({
          command: ["/usr/bin/env", "python"],
          user: "root",
          environmentFile: "/etc/hello/worker.env",
          enable: false,
          start: false,
          restart: "always",
        }),
        "hello-queue": service({ onUpgrade: "leave", workingDirectory: "/home/greeter" }),
      },
      links: { "/usr/bin/hello": "bin/hello", "/usr/share/hello/doc": "/usr/share/doc/hello" },
    },
    {
      scripts: {
        preinst: '#!/bin/sh\necho preinst "$1"\n',
        postinst: "#!/bin/sh -e\n# Keeps the old names.\nexit 0\n",
        prerm: "cat <<EOF\n$1\nEOF\n",
        postrm: "true",
      },
    },
  ),
  generated: helloPlan(
    { services: { hello: service() }, generates: generatedSettings },
    { templates: { main: GENERATED_TEMPLATE, proxy: "listen ${PORT};\n" } },
  ),
  services: helloPlan({
    services: {
      hello: service({
        init: ["systemd", "sysv"],
        description: "Says it's 100% well",
        command: ["bin/hello", "--greeting", "it's 50% $HOME", "--port", "80{instance}"],
        environment: { PORT: "80{instance}" },
        environmentFile: "/etc/hello/{instance}.env",
        instances: ["80", "81"],
        onUpgrade: "reload",
        onStartFailure: "fail",
        reloadCommand: ["/bin/kill", "-USR1", "{pid}"],
        stopSignal: "SIGINT",
        stopTimeout: 20,
        limits: { nofile: "65536", core: "infinity" },
        hardening: { ReadWritePaths: "/srv/hello", RestrictNamespaces: "no" },
        stateDirectory: "hello",
        runtimeDirectory: "hello/web",
        health: { kind: "http", url: "http://127.0.0.1:80{instance}/health", timeout: 30 },
      }),
      "hello-socket": service({
        onUpgrade: "stop",
        hardening: false,
        instances: ["one"],
        sockets: ["127.0.0.1:8000", "/run/hello/{instance}.sock"],
        runtimeDirectory: "hello",
        health: { kind: "socket", path: "/run/hello/{instance}.sock", timeout: 5 },
      }),
      "hello-job": service({
        init: ["sysv"],
        onUpgrade: "stop",
        user: "root",
        health: { kind: "command", command: ["bin/hello", "--check"], timeout: 60 },
      }),
      "hello-quiet": service({ init: ["systemd", "sysv"], onUpgrade: "leave", start: false, enable: false }),
    },
  }),
  legacy: helloPlan({
    services: { hello: service({ init: ["sysv"], logsDirectory: "hello" }) },
  }),
  jobs: helloPlan(
    {
      services: { hello: service({ environmentFile: "/etc/hello.env" }) },
      jobs: {
        "clean-up": {
          schedule: "*/5 4\t* * mon-fri",
          command: ["hello", "clean", "50%", "it's \\"],
          environment: { GREETING: ' "a"' },
          timer: false,
        },
        root: { ...PLAIN_JOB, schedule: "@daily", command: ["/usr/bin/env"], user: "root" },
        report: { ...PLAIN_JOB, schedule: "30 4 1 * 1", command: ["hello", "report", "50%"], timer: true },
      },
      rotations: {
        hello: {
          paths: ["/var/log/hello/*.log", "/var/log/hello/web/access"],
          frequency: "daily",
          rotate: 7,
          size: "10M",
          compress: true,
          mode: 0o640,
          copyTruncate: false,
          postRotate: ["/usr/bin/systemctl", "kill", "--signal=HUP", "hello.service"],
        },
        copied: {
          paths: ["/var/log/hello-copied.log"],
          frequency: "weekly",
          rotate: 4,
          compress: false,
          mode: 0o600,
          owner: { user: "root", group: "adm" },
          copyTruncate: true,
        },
      },
      directories: [
        {
          path: "/var/lib/hello/uploads",
          mode: 0o2770,
          owner: { user: "hello", group: "www-data" },
          purge: true,
        },
        { path: "/var/lib/hello", mode: 0o750, purge: true },
        { path: "/etc/hello/conf.d", mode: 0o755, purge: false },
        { path: "/run/hello", mode: 0o755, purge: true },
      ],
      triggers: {
        interest: ["hello-themes"],
        interestNoawait: ["/usr/share/hello/themes"],
        activate: ["hello-installed"],
        activateNoawait: ["hello-changed"],
        command: ["/opt/hello/bin/hello", "refresh", "it's $HOME"],
      },
    },
    { scripts: { migrate: 'echo "from [$1] to [$2]"\n' } },
  ),
  quiet: helloPlan({ operatorCommand: false }),
};

/** Libraries as the resolver gives them. */
export const LIBRARIES = ["/usr/lib/x86_64-linux-gnu/libpq.so.5", "/lib/x86_64-linux-gnu/libc.so.6"];
