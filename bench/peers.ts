import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./apps.ts";
import type { Contestant } from "./measure.ts";

/** Where the set-up has put what is not in Debian. */
export interface Tools {
  readonly uv: string;
  readonly nfpm: string;
  readonly pex: string;
  readonly shiv: string;
}

/** Debian's own programs, whatever else comes first on PATH. */
const SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

export const PEERS = ["dh-virtualenv", "nfpm", "pex", "shiv"] as const;
export type Peer = (typeof PEERS)[number];

/**
 * dh-virtualenv with the overrides without which it ends in an error on libraries that wheels bring (dwz, strip and
 * shlibdeps leave them out).
 */
export function dhVirtualenv(project: Project, work: string): Contestant {
  const folder = join(work, "dh");
  const source = join(folder, "source");
  return {
    name: "dh-virtualenv",
    prepare: async () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(join(source, "debian"), { recursive: true });
      cpSync(project.directory, source, { recursive: true });
      for (const [name, text] of Object.entries(debianFiles(project.name)))
        writeFileSync(join(source, "debian", name), text, { mode: name === "rules" ? 0o755 : 0o644 });
    },
    fetches: true,
    command: {
      file: "dpkg-buildpackage",
      args: ["-b", "-us", "-uc", "-d"],
      cwd: source,
      env: { PATH: SYSTEM_PATH, PIP_CACHE_DIR: join(work, "pip-cache"), LC_ALL: "C.UTF-8" },
    },
    size: () => sizeOf(folder, ".deb"),
  };
}

function debianFiles(name: string): Record<string, string> {
  return {
    rules: `#!/usr/bin/make -f
%:
\tdh $@ --with python-virtualenv
override_dh_virtualenv:
\tdh_virtualenv --python /usr/bin/python3 --builtin-venv
override_dh_strip:
\tdh_strip -X.libs/
override_dh_shlibdeps:
\tdh_shlibdeps -X.libs/ -- --ignore-missing-info
override_dh_dwz:
`,
    control: `Source: ${name}
Section: misc
Priority: optional
Maintainer: Bench <bench@example.org>
Build-Depends: debhelper-compat (= 13), dh-virtualenv, python3-venv
Standards-Version: 4.6.2

Package: ${name}
Architecture: any
Depends: \${misc:Depends}, \${shlibs:Depends}, python3
Description: an application of the benchmarks
`,
    changelog: `${name} (1.0-1) unstable; urgency=medium

  * For the benchmarks.

 -- Bench <bench@example.org>  Wed, 01 Jan 2025 00:00:00 +0000
`,
  };
}

/** Packs a ready tree; finds no dependencies, relocates nothing. */
export function nfpm(program: string, tree: string, work: string, compression: "xz" | "zstd"): Contestant {
  const folder = join(work, `nfpm-${compression}`);
  return {
    name: `nfpm ${compression}, of a ready tree`,
    prepare: async () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, "nfpm.yaml"),
        `name: bench\narch: amd64\nversion: 1.0.0\nmaintainer: Bench <bench@example.org>\ndescription: bench\ndeb:\n  compression: ${compression}\ncontents:\n  - src: ${tree}/opt/\n    dst: /opt/\n    type: tree\n`,
      );
    },
    command: { file: program, args: ["package", "--packager", "deb", "--target", folder], cwd: folder },
    size: () => sizeOf(folder, ".deb"),
  };
}

/** The environment alone, as one zip. */
export function pex(program: string, project: Project, work: string): Contestant {
  const file = join(work, "app.pex");
  const args = ["-r", project.requirementsFile, "--python=/usr/bin/python3", "-o", file];
  return zipApp("pex", file, program, args, work);
}

/** The environment alone, as one zip. */
export function shiv(program: string, project: Project, work: string): Contestant {
  const file = join(work, "app.pyz");
  return zipApp(
    "shiv",
    file,
    program,
    ["-r", project.requirementsFile, "-p", "/usr/bin/python3", "-o", file],
    work,
  );
}

function zipApp(
  name: string,
  file: string,
  program: string,
  args: readonly string[],
  work: string,
): Contestant {
  return {
    name: `${name}, environment only`,
    prepare: async () => rmSync(file, { force: true }),
    fetches: true,
    command: {
      file: program,
      args,
      env: { PEX_ROOT: join(work, "pex-root"), PIP_CACHE_DIR: join(work, "pip-cache") },
    },
    size: () => statSync(file).size,
  };
}

/** Bytes of the one file of a folder whose name ends so; dbgsym packages are not counted. */
export function sizeOf(folder: string, ending: string): number {
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder).filter((name) => name.endsWith(ending) && !name.includes("-dbgsym"));
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
