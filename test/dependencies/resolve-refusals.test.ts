import { describe, expect, test } from "vitest";
import { objectFacts } from "../helpers/object-facts.ts";
import { resolve } from "../helpers/small-release.ts";
import { bookworm } from "../helpers/target.ts";
import { thrown } from "../helpers/thrown.ts";

describe("unresolved libraries", () => {
  test("are all named at once, with wheel, object, setting and the package to install", async () => {
    const objects = [
      objectFacts("opencv/a.so", { needed: ["libGL.so.1"] }),
      objectFacts("opencv/b.so", { needed: ["libGL.so.1", "libglib-2.0.so.0"] }),
      objectFacts("other/c.so", { needed: ["liblocal.so.1", "libnowhere.so.9"] }),
    ];
    const error = await thrown(() => resolve(objects));
    expect(error.code).toBe("DEPENDS_UNRESOLVED");
    expect(error.message.split("\n")).toEqual([
      expect.stringMatching(/^Cannot find 4 libraries of the environment: /),
      "  opencv: opt/app/opencv/a.so (and 1 more) loads libGL.so.1",
      "  opencv: opt/app/opencv/b.so loads libglib-2.0.so.0",
      "  other: opt/app/other/c.so loads liblocal.so.1, found as /usr/local/lib/liblocal.so.1, which is in no package",
      "  other: opt/app/other/c.so loads libnowhere.so.9",
    ]);
    expect(error.hint).toBe(
      'apt-get install libgl1 libglib2.0-0, then build again; or allow it: shlibs = { ignore = ["libGL.so.1", "libglib-2.0.so.0", "liblocal.so.1", "libnowhere.so.9"] }',
    );
  });

  test("packages have their later names in later releases", async () => {
    const error = await thrown(() =>
      resolve([objectFacts("a/x.so", { needed: ["libglib-2.0.so.0"] })], {
        target: { ...bookworm, codename: "trixie" },
      }),
    );
    expect(error.hint).toContain("apt-get install libglib2.0-0t64");
  });
});

describe("objects for other machines", () => {
  const arm = {
    abi: { class: 64, littleEndian: true, machine: 183, flags: 0, osAbi: 0 },
    needed: ["libc.so.6"],
  } as const;
  test.each([
    [
      "a wheel for another processor",
      [objectFacts("numpy/x.cpython-311-x86_64-linux-gnu.so", arm)],
      "numpy: opt/app/numpy/x.cpython-311-x86_64-linux-gnu.so is for arm64",
    ],
    [
      "a musl wheel",
      [objectFacts("numpy/x.so", { libc: "musl", needed: ["libc.musl-x86_64.so.1"] })],
      "is for amd64 with musl",
    ],
    [
      "an extension module beside good ones",
      [objectFacts("a/good.so"), objectFacts("a/bad.abi3.so", arm)],
      "a: opt/app/a/bad.abi3.so is for arm64",
    ],
    [
      "another system",
      [objectFacts("a/x.so", { abi: { ...arm.abi, machine: 62, osAbi: 9 } })],
      "64-bit machine 62 of system 9",
    ],
  ])("%s is refused", async (_, objects, text) => {
    const error = await thrown(() => resolve(objects));
    expect(error.code).toBe("DEPENDS_WRONG_MACHINE");
    expect(error.message).toContain(text);
    expect(error.message).toContain("(wanted: amd64 with glibc)");
  });

  test("helpers beside the wheel's own objects are data, with a warning", () => {
    const { warnings } = resolve([
      objectFacts("debugpy/attach_amd64.so"),
      objectFacts("debugpy/attach_arm64.so", arm),
    ]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "opt/app/debugpy/attach_arm64.so is for arm64, not for amd64; taken as data",
    ]);
  });

  test("a file may be allowed by its name", () => {
    const policy = { ignore: ["selenium-*"], recommends: [] };
    expect(resolve([objectFacts("selenium/selenium-manager", arm)], { policy }).warnings).toEqual([]);
  });
});

describe("damaged objects", () => {
  test("a damaged library is refused", async () => {
    const error = await thrown(() =>
      resolve([objectFacts("a/x.so", { broken: "its class is 7 (wanted: 1 or 2)" })]),
    );
    expect(error.code).toBe("DEPENDS_BAD_ELF");
    expect(error.message).toContain("opt/app/a/x.so: its class is 7");
  });

  test("damaged data is data, with a warning", () => {
    const { warnings } = resolve([objectFacts("a/fixture.bin", { broken: "cut off" })]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("opt/app/a/fixture.bin begins like an ELF object"),
    ]);
  });
});
