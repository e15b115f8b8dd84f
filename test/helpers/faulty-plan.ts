import type { ServiceConfig } from "../../src/config/types.ts";
import type { MaintainerScriptName } from "../../src/plan/system-types.ts";
import type { PackagePlan } from "../../src/plan/types.ts";
import { GENERATED_TEMPLATE, generatedSettings } from "./generated-settings.ts";
import { helloPlan, service } from "./system-plans.ts";

const NAMES = ["preinst", "postinst", "prerm", "postrm"] as const satisfies MaintainerScriptName[];

/** A plan with every feature there is, whose own scripts write down each call and fail where they are told to. */
export function faultyPlan(version: string): PackagePlan {
  const config = {
    version,
    user: { groups: ["ssl-cert"] },
    services: SERVICES,
    links: { "/usr/bin/hello": "bin/hello" },
    generates: generatedSettings,
    ...JOBS_AND_FOLDERS,
    triggers: {
      interest: ["hello-themes"],
      interestNoawait: ["/usr/share/hello/themes"],
      activate: ["hello-installed"],
      activateNoawait: ["hello-changed"],
      command: ["/opt/hello/bin/hello", "refresh"],
    },
  };
  return helloPlan(config, {
    scripts: { ...recordingScripts(`${version}-1`), migrate: migration(`${version}-1`) },
    templates: { main: `# ${version}\n${GENERATED_TEMPLATE}`, proxy: "listen ${PORT};\n" },
  });
}

/** Scripts that write each call into `/calls` and fail where FAULTS names it: ` 1.0.0-1.prerm.upgrade `. */
export function recordingScripts(
  version: string,
  names: readonly MaintainerScriptName[] = NAMES,
): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      `#!/bin/sh
echo "${version} ${name} $1\${2+|$2}\${3+|$3}\${4+|$4}\${5+|$5}\${6+|$6}\${7+|$7}" >>"$DPKG_ROOT/calls"
case "$FAULTS" in
*" ${version}.${name}.$1 "*) exit 1 ;;
esac
`,
    ]),
  );
}

/** Not a call of dpkg's, but it fails postinst all the same. */
function migration(version: string): string {
  return `#!/bin/sh
echo "${version} migrate from|$1|$2" >>"$DPKG_ROOT/calls"
case "$FAULTS" in
*" ${version}.migrate.from "*) exit 1 ;;
esac
`;
}

const SERVICES: Readonly<Record<string, ServiceConfig>> = {
  hello: service({ stateDirectory: "hello", logsDirectory: "hello", cacheDirectory: "hello/web" }),
  "hello-old": service({ init: ["sysv"], onUpgrade: "stop", onStartFailure: "fail" }),
  "hello-many": service({
    instances: ["a"],
    sockets: ["/run/hello/{instance}.sock"],
    health: { kind: "http", url: "http://127.0.0.1:9/", timeout: 1 },
  }),
};

const JOB = { command: ["hello", "clean"], environment: {} };

const JOBS_AND_FOLDERS = {
  jobs: {
    "clean-up": { ...JOB, schedule: "*/5 4 * * *", timer: false },
    report: { ...JOB, schedule: "30 4 1 * *", timer: true },
  },
  rotations: {
    hello: {
      paths: ["/var/log/hello/*.log"],
      frequency: "daily",
      rotate: 7,
      compress: true,
      mode: 0o640,
      copyTruncate: false,
    },
  },
  directories: [
    { path: "/var/lib/hello/uploads", mode: 0o2770, purge: true },
    { path: "/var/lib/hello-kept", mode: 0o750, purge: false },
    { path: "/run/hello", mode: 0o755, purge: true },
  ],
} as const;
