import { expect, test } from "vitest";
import { detectTarget } from "../../src/environment/target.ts";
import { hostCodename } from "../../src/rehearse/machine/host-apt.ts";
import { testHost } from "../helpers/environment-build.ts";
import { askPython, pythonVenv } from "../helpers/python-venv.ts";
import { thrown } from "../helpers/thrown.ts";

const host = testHost();

test("this machine's release, architecture and own interpreter, whatever PATH offers", async () => {
  const target = await detectTarget(
    {},
    testHost({ env: { PATH: "/nonexistent", PYTHONHOME: "/nonexistent" } }),
  );
  expect(target).toMatchObject({ codename: await hostCodename(), python: { path: "/usr/bin/python3.11" } });
  expect(target.python.extensionSuffix).toMatch(/^\.cpython-311-.*\.so$/);
  expect(target.python.cacheTag).toBe("cpython-311");
});

test("markers and tags are those of the packaging library", async () => {
  const venv = await pythonVenv("packaging");
  const program =
    "import json,sys,packaging.tags,packaging.markers;json.load(sys.stdin);" +
    "print(json.dumps([[str(t) for t in packaging.tags.sys_tags()], packaging.markers.default_environment()]))";
  const [tags, markers] = await askPython<[string[], Record<string, string>]>(
    `${venv}/bin/python`,
    program,
    null,
  );
  const { python } = await detectTarget({}, host);
  expect(python.tags).toEqual(tags);
  expect(python.markers).toEqual(
    Object.fromEntries(Object.entries(markers).filter(([key]) => key !== "extra")),
  );
});

test.each([
  "debian:bookworm/amd64",
  "bookworm",
  "debian",
  "/amd64",
  "debian:bookworm",
  "bookworm/amd64",
  "debian/amd64",
])("%s is this machine", async (target) => {
  expect((await detectTarget({ target, python: "3.11" }, host)).codename).toBe("bookworm");
});

test.each(["debian:trixie/amd64", "trixie", "ubuntu", "/arm64", "ubuntu:noble/amd64"])(
  "%s is another machine's, and says so",
  async (target) => {
    const error = await thrown(() => detectTarget({ target }, host));
    expect(error).toMatchObject({ code: "TARGET_FOREIGN" });
    expect(error.message).toContain("debian:bookworm/amd64");
    expect(error.hint).toContain(target);
  },
);

test.each(["", "Debian Bookworm", "debian:", "a/b/c", ":x", "$(x)"])("%j is no target", async (target) => {
  expect(await thrown(() => detectTarget({ target }, host))).toMatchObject({
    code: "TARGET_INVALID",
    exitCode: 2,
  });
});

test("a Python that is not installed is named with what there is", async () => {
  const error = await thrown(() => detectTarget({ python: "3.99" }, host));
  expect(error.code).toBe("PYTHON_MISSING");
  expect(error.message).toContain("/usr/bin/python3.11");
  expect(error.hint).toContain('python = "3.11"');
  expect((await thrown(() => detectTarget({ python: "3" }, host))).code).toBe("PYTHON_INVALID");
});
