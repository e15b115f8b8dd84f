import { describe, expect, test } from "vitest";
import { objectFacts } from "../helpers/object-facts.ts";
import { glibc, relations, resolve } from "../helpers/small-release.ts";
import { bookworm } from "../helpers/target.ts";
import { thrown } from "../helpers/thrown.ts";

const embed = (minor: string) => [objectFacts("uwsgi/uwsgi", { needed: [`libpython${minor}.so.1.0`] })];

describe("symbols and shlibs", () => {
  test.each([
    ["no symbol is taken", { needed: ["libpq.so.5"] }, ["libpq5"]],
    [
      "the newest symbol decides",
      { needed: ["libpq.so.5"], symbols: ["PQexec@Base", "PQencryptPasswordConn@Base"] },
      ["libpq5 (>= 10~~)"],
    ],
    ["a symbol of nobody says nothing", { needed: ["libpq.so.5"], symbols: ["PyInit@Base"] }, ["libpq5"]],
    ["without symbol the smallest version", { needed: ["libstdc++.so.6"] }, ["libstdc++6 (>= 4.1.1)"]],
    [
      "versioned symbols",
      { needed: ["libstdc++.so.6"], symbols: ["f@GLIBCXX_3.4", "g@GLIBCXX_3.4"] },
      ["libstdc++6 (>= 5.2)"],
    ],
    [
      "shlibs with alternatives and two clauses",
      { needed: ["libblas.so.3"] },
      ["libblas3 | libblas.so.3", "libextra1"],
    ],
    [
      "a library of a private folder",
      { needed: ["libprivate.so"], searchPath: ["/usr/lib/vendor"] },
      ["vendor"],
    ],
  ])("%s", (_, facts, expected) => expect(relations([objectFacts("a/x.so", facts)])).toEqual(expected));

  test("what the build required of the -dev package raises the bound", () => {
    const objects = [
      objectFacts("a/x.so", { needed: ["libpq.so.5"], symbols: ["PQencryptPasswordConn@Base"] }),
    ];
    expect(relations(objects, { buildDepends: ["libpq-dev (>= 13)", "libfoo-dev"] })).toEqual([
      "libpq5 (>= 13)",
    ]);
    expect(relations(objects, { buildDepends: ["libpq-dev (>= 9)"] })).toEqual(["libpq5 (>= 10~~)"]);
  });

  test("a package that declares nothing is named with a warning", () => {
    const { warnings } = resolve([
      objectFacts("a/x.so", { needed: ["libprivate.so"], searchPath: ["/usr/lib/vendor"] }),
    ]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("vendor says nothing about who may link with it"),
    ]);
  });
});

describe("glibc", () => {
  test.each([
    ["the highest version of all objects", [glibc("2.2.5", "2.28"), glibc("2.14")], ["libc6 (>= 2.28)"]],
    ["by number, not by text", [glibc("2.2.5", "2.14")], ["libc6 (>= 2.14)"]],
    ["its first version where nothing is asked for", [{ needed: ["libc.so.6"] }], ["libc6 (>= 2.2.5)"]],
    [
      "an emptied library raises nothing",
      [{ ...glibc("2.17"), needed: ["libpthread.so.0", "libc.so.6"] }],
      ["libc6 (>= 2.17)"],
    ],
    ["a node that is no version", [glibc("2.14", "ABI_DT_RELR")], ["libc6 (>= 2.36)"]],
    [
      "private symbols tie to one release",
      [glibc("2.14", "PRIVATE")],
      ["libc6 (<< 2.37)", "libc6 (>> 2.36)"],
    ],
    ["nothing for an object that needs nothing", [{}], []],
  ])("%s", (_, facts, expected) => {
    expect(relations(facts.map((one, index) => objectFacts(`a/${index}.so`, one)))).toEqual(expected);
  });

  test("a version that the release has not is refused", async () => {
    const error = await thrown(() => resolve([objectFacts("numpy/x.so", glibc("2.14", "2.99"))]));
    expect(error.code).toBe("DEPENDS_TOO_NEW");
    expect(error.message).toContain("numpy: opt/app/numpy/x.so needs GLIBC_2.99 of libc.so.6 (libc6)");
    const ignored = resolve([objectFacts("numpy/x.so", glibc("2.14", "2.99"))], {
      policy: { ignore: ["libc.so.6"], recommends: [] },
    });
    expect(ignored.relations.map(({ relation }) => relation)).toEqual(["libc6 (>= 2.99)"]);
  });
});

describe("libraries of the tree", () => {
  const bundled = objectFacts("pillow.libs/libpq-1234.so.5", { soname: "libpq.so.5" });
  test.each([
    ["by $ORIGIN", { searchPath: ["$ORIGIN/../pillow.libs"], needed: ["libpq-1234.so.5"] }],
    ["by ${ORIGIN}", { searchPath: ["${ORIGIN}/../pillow.libs"], needed: ["libpq-1234.so.5"] }],
    ["by an absolute path", { searchPath: ["/opt/app/pillow.libs"], needed: ["libpq-1234.so.5"] }],
    ["by its file name alone", { needed: ["libpq-1234.so.5"] }],
    ["by its SONAME alone", { needed: ["libpq.so.5"] }],
    ["by a whole path", { needed: ["/opt/app/pillow.libs/libpq-1234.so.5"] }],
  ])("%s", (_, facts) => expect(relations([bundled, objectFacts("pillow/x.so", facts)])).toEqual([]));

  test("$LIB is the multiarch folder", () => {
    const inner = objectFacts("a/lib/x86_64-linux-gnu/libinner.so.1");
    const outer = objectFacts("b/x.so", { needed: ["libinner.so.1"], searchPath: ["$ORIGIN/../a/$LIB"] });
    expect(resolve([inner, outer])).toEqual({ relations: [], warnings: [], libraries: [] });
  });

  test("of another distribution only where the release has none, with a warning", () => {
    const tbb = objectFacts("tbb/libtbb.so.12");
    const numba = objectFacts("numba/pool.so", { needed: ["libtbb.so.12"] });
    const { relations: found, warnings } = resolve([tbb, numba]);
    expect(found).toEqual([]);
    expect(warnings).toEqual([
      expect.objectContaining({
        message: expect.stringContaining("numba loads libtbb.so.12, which only tbb"),
      }),
    ]);
    const shared = objectFacts("tbb/libshared.so.1");
    expect(relations([shared, objectFacts("numba/x.so", { needed: ["libshared.so.1"] })])).toEqual([
      "libshared1",
    ]);
  });
});

describe("what needs a word", () => {
  test("the interpreter as a library", () => {
    expect(relations(embed("3.11"))).toEqual(["libpython3.11"]);
    expect(
      relations(embed("3.12"), {
        target: { ...bookworm, codename: "noble", python: { ...bookworm.python, minor: "3.12" } },
      }),
    ).toEqual(["libpython3.12t64"]);
  });

  test("another interpreter as a library is unresolved", async () => {
    const error = await thrown(() => resolve([objectFacts("a/x.so", { needed: ["libpython3.9.so.1.0"] })]));
    expect(error.code).toBe("DEPENDS_UNRESOLVED");
  });

  test("driver libraries are left to the driver", () => {
    const { relations: found, warnings } = resolve([
      objectFacts("torch/x.so", { needed: ["libcuda.so.1", "libnvidia-ml.so.1"] }),
    ]);
    expect(found).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("torch loads libcuda.so.1, which a device driver brings"),
      expect.stringContaining("libnvidia-ml.so.1"),
    ]);
  });

  test("an ignored library, and settings without effect", () => {
    const policy = { ignore: ["libno*.so.1", "libmisspelt.so"], recommends: ["pilow"] };
    const { warnings } = resolve([objectFacts("a/x.so", { needed: ["libnowhere.so.1"] })], { policy });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('shlibs.ignore has "libmisspelt.so" without effect'),
      expect.stringContaining('shlibs.recommends has "pilow" without effect'),
    ]);
  });
});

describe("shlibs.recommends", () => {
  const policy = { ignore: [], recommends: ["pillow"] };
  const pillow = objectFacts("pillow/x.so", { needed: ["libpq.so.5"], symbols: ["PQpipelineStatus@Base"] });
  test("moves a distribution's relations", () => {
    expect(relations([pillow], { policy })).toEqual(["Recommends: libpq5 (>= 14~~)"]);
  });
  test("keeps what another one needs, and recommends what it needs more", () => {
    const other = objectFacts("other/x.so", {
      needed: ["libpq.so.5"],
      symbols: ["PQencryptPasswordConn@Base"],
    });
    expect(relations([pillow, other], { policy })).toEqual([
      "libpq5 (>= 10~~)",
      "Recommends: libpq5 (>= 14~~)",
    ]);
    const strict = objectFacts("other/x.so", { needed: ["libpq.so.5"], symbols: ["PQpipelineStatus@Base"] });
    expect(relations([pillow, strict], { policy })).toEqual(["libpq5 (>= 14~~)"]);
  });
});

test("outside libraries are given as their packages spell them, and by both names where /usr is merged", () => {
  const objects = [
    objectFacts("a/x.so", { needed: ["libpq.so.5", "libm.so.6", "libc.so.6"] }),
    objectFacts("a/y.so", { needed: ["libc.so.6"] }),
  ];
  expect(resolve(objects).libraries).toEqual([
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libpq.so.5",
  ]);
});

test("reasons name the strictest first and count the rest", () => {
  const objects = Array.from({ length: 9 }, (_, index) =>
    objectFacts(`a/${index}.so`, glibc(index === 4 ? "2.28" : "2.14")),
  );
  const [relation] = resolve(objects).relations;
  expect(relation?.reasons).toHaveLength(6);
  expect(relation?.reasons[0]).toEqual({
    distribution: "a",
    object: "opt/app/a/4.so",
    library: "libc.so.6",
    detail: "needs GLIBC_2.28",
  });
  expect(relation?.reasons.at(-1)).toEqual({
    distribution: "a",
    library: "libc.so.6",
    detail: "and 4 more objects",
  });
});

test("the order of the objects leaves no trace", () => {
  const objects = [
    objectFacts("a/x.so", { needed: ["libpq.so.5", "libblas.so.3"], ...glibc("2.14") }),
    objectFacts("b/y.so", { needed: ["libstdc++.so.6"], ...glibc("2.28") }),
    objectFacts("c/z.so", { needed: ["libpq.so.5"], symbols: ["PQexec@Base"], ...glibc("2.28") }),
  ];
  expect(resolve(objects.toReversed()).relations).toEqual(resolve(objects).relations);
});
