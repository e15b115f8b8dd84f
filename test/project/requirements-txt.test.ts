import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseRequirementsTxt } from "../../src/project/requirements-txt.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const digest = "1".repeat(64);

describe("parseRequirementsTxt", () => {
  it("reads requirements, includes, constraints, comments and continuations", async () => {
    const folder = await tempFiles({
      "requirements.txt": [
        "\uFEFF# what we need",
        "Flask >= 2, \\",
        "    < 4  # the web",
        "-r sub/more.txt",
        "-csub/bounds.txt",
        "--requirement=sub/third.txt",
        "uvicorn[standard] ; python_version >= '3.8'",
        "",
      ].join("\r\n"),
      "sub/more.txt": "redis\n-r deeper.txt\n",
      "sub/deeper.txt": "hiredis#not-a-comment\n".replace("#not-a-comment", " # a comment"),
      "sub/third.txt": "click",
      "sub/bounds.txt": "werkzeug<3\n",
    });
    const parsed = await parseRequirementsTxt(join(folder, "requirements.txt"));
    expect(
      parsed.requirements.map(({ file, line, text }) => [file.slice(folder.length + 1), line, text]),
    ).toEqual([
      ["requirements.txt", 2, "Flask >= 2,     < 4"],
      ["sub/more.txt", 1, "redis"],
      ["sub/deeper.txt", 1, "hiredis"],
      ["sub/third.txt", 1, "click"],
      ["requirements.txt", 7, "uvicorn[standard] ; python_version >= '3.8'"],
    ]);
    expect(parsed.constraints.map(({ text }) => text)).toEqual(["werkzeug<3"]);
    expect(parsed.requirements[0]?.requirement).toMatchObject({ name: "flask", specifier: ">=2,<4" });
    expect(parsed.locked).toBe(false);
  });

  it("reads index options, relative folders and variables", async () => {
    const folder = await tempFiles({
      "requirements.txt": [
        "-i https://user:${TOKEN}@index.invalid/simple",
        "--extra-index-url https://other.invalid/${UNSET}",
        "--find-links wheels",
        "--find-links https://links.invalid/",
        "--trusted-host index.invalid",
        "--only-binary numpy,pandas",
        "--no-binary=:all:",
        "--pre",
        "--prefer-binary",
        "--require-hashes",
      ].join("\n"),
    });
    const path = join(folder, "requirements.txt");
    const { options } = await parseRequirementsTxt(path, { env: { TOKEN: "s3cret" } });
    expect(options).toEqual({
      indexUrl: "https://user:s3cret@index.invalid/simple",
      extraIndexUrls: ["https://other.invalid/${UNSET}"],
      findLinks: [join(folder, "wheels"), "https://links.invalid/"],
      noIndex: false,
      trustedHosts: ["index.invalid"],
      onlyBinary: ["numpy", "pandas"],
      noBinary: [":all:"],
      preferBinary: true,
      pre: true,
      requireHashes: true,
    });
  });

  it("reads paths and URLs", async () => {
    const folder = await tempFiles({
      "requirements.txt": [
        "./vendor/lib",
        "vendor/one-1.0.tar.gz",
        "file:///srv/two-2.0-py3-none-any.whl",
        "https://files.invalid/three-3.0-py3-none-any.whl ; sys_platform == 'linux'",
        "git+https://git.invalid/four.git@v4#egg=Four[x]",
        "https://files.invalid/archive/main.zip",
        "five @ https://files.invalid/five.zip",
      ].join("\n"),
    });
    const { requirements } = await parseRequirementsTxt(join(folder, "requirements.txt"));
    expect(requirements.map(({ path, url, requirement }) => path ?? [url, requirement?.name])).toEqual([
      join(folder, "vendor/lib"),
      join(folder, "vendor/one-1.0.tar.gz"),
      "/srv/two-2.0-py3-none-any.whl",
      ["https://files.invalid/three-3.0-py3-none-any.whl", "three"],
      ["git+https://git.invalid/four.git@v4#egg=Four[x]", "four"],
      ["https://files.invalid/archive/main.zip", undefined],
      [undefined, "five"],
    ]);
  });

  it.each([
    [`flask==3.0 --hash=sha256:${digest}`, true],
    [`flask==3.0 \\\n    --hash=sha256:${digest} \\\n    --hash sha256:${digest}`, true],
    [`flask===3.0 ; os_name == 'posix' --hash=sha256:${digest}`, true],
    [`https://files.invalid/a-1-py3-none-any.whl --hash=sha256:${digest}`, true],
    ["flask==3.0", false],
    [`flask==3.* --hash=sha256:${digest}`, false],
    [`flask>=3 --hash=sha256:${digest}`, false],
    [`flask==3.0 --hash=sha256:${digest}\nclick==8.0`, false],
    ["", false],
  ])("takes %j for a lock: %j", async (text, locked) => {
    const folder = await tempFiles({ "requirements.txt": text });
    expect((await parseRequirementsTxt(join(folder, "requirements.txt"))).locked).toBe(locked);
  });

  it.each(["-e .", "--editable=./", ".", "-e file://$PWD"])(
    "takes %j for the project itself",
    async (text) => {
      const folder = await tempFiles();
      const files = await tempFiles({ "requirements.txt": text.replace("$PWD", folder) });
      const parsed = await parseRequirementsTxt(join(files, "requirements.txt"), {
        projectDirectory: folder,
      });
      expect(parsed.namesProject).toBe(true);
      expect(parsed.requirements).toEqual([]);
    },
  );

  it.each([
    ["flask==", "PROJECT_BAD_REQUIREMENTS"],
    ["flask --global-option=x", "PROJECT_BAD_REQUIREMENTS"],
    ["flask --hash=nonsense", "PROJECT_BAD_REQUIREMENTS"],
    ["-r https://index.invalid/requirements.txt", "PROJECT_BAD_REQUIREMENTS"],
    ["-r", "PROJECT_BAD_REQUIREMENTS"],
    ["--index-url", "PROJECT_BAD_REQUIREMENTS"],
    ["--pre=yes", "PROJECT_BAD_REQUIREMENTS"],
    ["-", "PROJECT_BAD_REQUIREMENTS"],
    ["-e .[web]", "PROJECT_BAD_REQUIREMENTS"],
    ["-r missing.txt", "PROJECT_UNREADABLE"],
    ["-e git+https://git.invalid/x.git#egg=x", "PROJECT_EDITABLE"],
  ])("refuses %j with %s", async (text, code) => {
    const folder = await tempFiles({ "requirements.txt": `click\n${text}\n` });
    expect((await thrown(() => parseRequirementsTxt(join(folder, "requirements.txt")))).code).toBe(code);
  });

  it("never shows credentials", async () => {
    const folder = await tempFiles({ "requirements.txt": "-e git+https://me:s3cret@git.invalid/x.git" });
    const error = await thrown(() => parseRequirementsTxt(join(folder, "requirements.txt")));
    expect(`${error.message} ${error.hint}`).not.toContain("s3cret");
  });
});
