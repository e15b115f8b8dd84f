import { mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildPackage } from "../../src/build.ts";
import type { BuildOptions, BuildReport } from "../../src/build-types.ts";
import { SHARED_CACHE, testHost } from "./environment-build.ts";
import { recordingReporter, type RecordingReporter } from "./recording-reporter.ts";
import { tempFiles } from "./temp-files.ts";
import { noise } from "./deb-contents.ts";
import { writeWheel, type WheelSpec } from "./wheel-writer.ts";
import { WRITE_WHEEL } from "./write-wheel-python.ts";

/** A project with a lock of local wheels, that is its own build backend: nothing of an index is needed. */
export interface CachedProject {
  readonly directory: string;
  /** The cache of its builds, with uv in it. */
  readonly cache: string;
  write(file: string, text: string): Promise<void>;
  lock(wheels: readonly WheelSpec[]): Promise<void>;
  build(options?: Partial<BuildOptions>): Promise<CachedBuild>;
}

interface CachedBuild extends BuildReport {
  readonly said: RecordingReporter;
}

/** Some of each kind: small and large, pure and with a script, one that is no Python, licences. */
export const WHEELS: readonly WheelSpec[] = [
  {
    name: "alpha",
    files: { "alpha/__init__.py": "names = {'a', 'b'}\n", "alpha/old.py": "print 'two'\n" },
    requires: ["beta>=1"],
    distInfo: {
      "entry_points.txt": "[console_scripts]\nalpha = alpha:main\n",
      LICENSE: "Copyright 2020 Alpha\n",
    },
  },
  { name: "beta", files: { "beta.py": "x = 1\n" } },
  {
    name: "large",
    files: { "large/__init__.py": "", "large/data.txt": noise(64).toString("hex").repeat(40_000) },
  },
];

export async function cachedProject(wheels: readonly WheelSpec[] = WHEELS): Promise<CachedProject> {
  const directory = await tempFiles({
    "pyproject.toml": PYPROJECT,
    "backend.py": BACKEND,
    "app.py": "x = 1\n",
  });
  const cache = await tempFiles();
  await symlink(join(SHARED_CACHE, "tools"), join(cache, "tools"));
  const project: CachedProject = {
    directory,
    cache,
    write: async (file, text) => await writeFile(join(directory, file), text),
    lock: async (specs) => await writeFile(join(directory, "pylock.toml"), await lockText(directory, specs)),
    build: async (options = {}) => {
      const said = recordingReporter();
      const host = testHost({
        cacheDirectory: cache,
        env: { ...process.env, SOURCE_DATE_EPOCH: "1700000000" },
      });
      const given = { directory, output: join(directory, "dist"), jobs: 2, host, reporter: said };
      return { ...(await buildPackage({ ...given, ...options })), said };
    },
  };
  await project.lock(wheels);
  return project;
}

async function lockText(directory: string, specs: readonly WheelSpec[]): Promise<string> {
  const folder = join(directory, "wheels");
  await mkdir(folder, { recursive: true });
  const packages = await Promise.all(
    specs.map(async (spec) => {
      const { path, sha256 } = await writeWheel(folder, spec);
      const file = `{ name = "${basename(path)}", path = "wheels/${basename(path)}", hashes = { sha256 = "${sha256}" } }`;
      return `[[packages]]\nname = "${spec.name}"\nversion = "${spec.version ?? "1.0"}"\nwheels = [${file}]\n`;
    }),
  );
  return `lock-version = "1.0"\ncreated-by = "test"\n\n${packages.join("\n")}`;
}

const PYPROJECT = `[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "app"
version = "1.0"
description = "tests the cache"
authors = [{ name = "A", email = "a@example.org" }]

[tool.venvdeb]
compression = "xz"
`;

const BACKEND = `${WRITE_WHEEL}
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    di = "app-1.0.dist-info"
    with open("app.py") as stream:
        files = {"app.py": stream.read()}
    files[di + "/METADATA"] = "Metadata-Version: 2.1\\nName: app\\nVersion: 1.0\\nRequires-Dist: alpha\\n"
    files[di + "/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    return write_wheel(wheel_directory, "app-1.0", files)
`;
