import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { WRITE_WHEEL } from "./write-wheel-python.ts";

const run = promisify(execFile);

/** Writes `<name>-1.0.tar.gz` of a project that is its own build backend, so that it needs nothing of an index. */
export async function writeSourceArchive(
  folder: string,
  name: string,
): Promise<{ path: string; sha256: string }> {
  const work = await mkdtemp(join(tmpdir(), "venvdeb-test-"));
  const top = join(work, `${name}-1.0`);
  const files = {
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "backend.py": BACKEND.replaceAll("NAME", name),
    "PKG-INFO": `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(top, path)), { recursive: true });
    await writeFile(join(top, path), text);
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}-1.0.tar.gz`);
  await run("tar", ["-czf", path, "-C", work, `${name}-1.0`]);
  await rm(work, { recursive: true, force: true });
  return {
    path,
    sha256: createHash("sha256")
      .update(await readFile(path))
      .digest("hex"),
  };
}

/** Fails when it sees a secret: what a build can see must be nothing to hide. */
const BACKEND = `${WRITE_WHEEL}

METADATA = "Metadata-Version: 2.1\\nName: NAME\\nVersion: 1.0\\n"

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    assert "CLOUD_SECRET" not in os.environ
    folder = "NAME-1.0.dist-info"
    os.makedirs(os.path.join(metadata_directory, folder))
    with open(os.path.join(metadata_directory, folder, "METADATA"), "w") as stream:
        stream.write(METADATA)
    return folder

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    assert "canary" not in " ".join(os.environ.values())
    di = "NAME-1.0.dist-info"
    files = {
        "NAME.py": "x = 1\\n",
        di + "/METADATA": METADATA,
        di + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    return write_wheel(wheel_directory, "NAME-1.0", files)
`;
