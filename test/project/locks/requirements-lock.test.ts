import { join } from "node:path";
import { expect, it } from "vitest";
import { readLock, namesOf } from "../../helpers/locked-project.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";

const digest = "2".repeat(64);

it("takes a requirements.txt with versions and hashes for a lock", async () => {
  const directory = await tempFiles({
    "requirements.txt": [
      "--index-url https://index.invalid/simple",
      `Flask==3.0.0 ; python_version >= "3.8" \\\n  --hash=sha256:${digest} \\\n  --hash=sha512:${digest}${digest}`,
      `click==8.1 ; sys_platform == "win32" --hash=sha256:${digest}`,
      `./vendor/local_one-1.0-py3-none-any.whl --hash=sha256:${digest}`,
      `remote @ https://files.invalid/remote-1.0.zip --hash=sha256:${digest}`,
      `hosted @ git+https://git.invalid/hosted.git@${"a".repeat(40)}#subdirectory=py --hash=sha256:${digest}`,
    ].join("\n"),
  });
  const found = await readLock(directory);
  expect(namesOf(found)).toEqual(["flask 3.0.0", "hosted ?", "local-one ?", "remote ?"]);
  expect(Object.fromEntries(found.map((one) => [one.name, one.source]))).toEqual({
    flask: {
      kind: "index",
      index: "https://index.invalid/simple",
      files: [
        { filename: "", hashes: { sha256: digest } },
        { filename: "", hashes: { sha512: digest + digest } },
      ],
    },
    "local-one": {
      kind: "index",
      files: [
        {
          filename: "local_one-1.0-py3-none-any.whl",
          path: join(directory, "vendor/local_one-1.0-py3-none-any.whl"),
          hashes: { sha256: digest },
        },
      ],
    },
    remote: { kind: "url", url: "https://files.invalid/remote-1.0.zip", sha256: digest },
    hosted: {
      kind: "vcs",
      vcs: "git",
      url: "https://git.invalid/hosted.git",
      commit: "a".repeat(40),
      subdirectory: "py",
    },
  });
});

it.each([
  "flask==3.0.0",
  `flask>=3 --hash=sha256:${digest}`,
  "hosted @ git+https://git.invalid/hosted.git@main",
  "https://files.invalid/archive/main.zip",
])("refuses %j, which leaves open what is installed", async (line) => {
  const directory = await tempFiles({ "requirements.txt": line });
  const error = await thrown(() => readLock(directory));
  expect(error.code).toBe("LOCK_NOT_PINNED");
  expect(error.message).toContain("requirements.txt:1");
});
