import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GenerateConfig } from "../../src/config/types.ts";
import { contributeGenerated } from "../../src/system/generate.ts";
import { helloPlan, service } from "./system-plans.ts";

/** A throw-away root with what a package ships for one generated file, /etc/hello/hello.conf. */
export interface GenerateRoot {
  readonly root: string;
  /** Does what postinst does; the units to reload and what an operator reads. */
  make(verb?: "configure" | "triggered"): { units: string; said: string; status: number | null };
  /** Takes another version of the package. */
  upgrade(template: string, changes?: Partial<GenerateConfig>): void;
  /** Undefined where there is no file. */
  read(path: string): string | undefined;
  write(path: string, text: string | Uint8Array): void;
  mode(path: string): number;
  remove(): void;
}

export const OUTPUT = "/etc/hello/hello.conf";
export const NOTE = "/var/lib/venvdeb/hello/generated/:etc:hello:hello.conf";

export function generateRoot(template: string, changes: Partial<GenerateConfig> = {}): GenerateRoot {
  const root = mkdtempSync(join(tmpdir(), "venvdeb-generate-"));
  const made: GenerateRoot = {
    root,
    make(verb = "configure") {
      const shared = join(root, "usr/share/hello/generate");
      const { status, stdout, stderr } = spawnSync(
        "/usr/bin/python3",
        ["-I", "-S", "-B", join(shared, "generate.py"), root, verb, join(shared, "generate.json")],
        {
          encoding: "utf8",
          cwd: root,
          env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DPKG_ADMINDIR: join(root, "var/lib/dpkg") },
        },
      );
      return { units: stdout.trim(), said: stderr.trim(), status };
    },
    upgrade(text, settings = {}) {
      for (const entry of entriesOf(text, { ...changes, ...settings }))
        if (entry.kind === "data") made.write(`/${entry.path}`, entry.data);
    },
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined),
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    mode: (path) => statSync(join(root, path)).mode & 0o7777,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  for (const folder of ["info", "updates", "triggers"])
    mkdirSync(join(root, "var/lib/dpkg", folder), { recursive: true });
  made.write("/var/lib/dpkg/status", "");
  made.upgrade(template);
  return made;
}

function entriesOf(template: string, changes: Partial<GenerateConfig>) {
  const main: GenerateConfig = {
    template: "t",
    output: OUTPUT,
    from: template.includes("@FRAGMENTS@") ? ["/etc/hello/conf.d"] : [],
    defaults: {},
    questions: {},
    reload: "hello",
    mode: 0o640,
    owner: { user: "root", group: "root" },
    ...changes,
  };
  const config = { services: { hello: service() }, generates: { main } };
  return contributeGenerated(helloPlan(config, { templates: { main: template } })).entries;
}
