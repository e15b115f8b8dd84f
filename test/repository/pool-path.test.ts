import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDebianVersion } from "../../src/deb/version.ts";
import { parsePoolPath, poolPath, type PoolIdentity } from "../../src/repository/pool-path.ts";

const wordOf = (first: string, rest: string, maxLength: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...first.split("")),
      fc.array(fc.constantFrom(...rest.split("")), { minLength: 1, maxLength }).map((all) => all.join("")),
    )
    .map(([a, b]) => a + b);
describe("poolPath", () => {
  test.each<[Partial<PoolIdentity>, string]>([
    [{}, "pool/main/h/hello/hello_1.0-1_amd64.deb"],
    [{ source: "libfoo" }, "pool/main/libf/libfoo/hello_1.0-1_amd64.deb"],
    [{ source: "lib" }, "pool/main/lib/lib/hello_1.0-1_amd64.deb"],
    [{ source: "lib+x" }, "pool/main/lib_p/lib_px/hello_1.0-1_amd64.deb"],
    [{ name: "g++" }, "pool/main/h/hello/g_p_p_1.0-1_amd64.deb"],
    [{ version: "2:1.0~rc1+b2" }, "pool/main/h/hello/hello_2_e1.0_trc1_pb2_amd64.deb"],
    [{ version: "1.0RC" }, "pool/main/h/hello/hello_1.0_ur_uc_amd64.deb"],
  ])("%j is at %s", (part, path) => {
    const identity = { source: "hello", name: "hello", version: "1.0-1", architecture: "amd64", ...part };
    expect(poolPath("main", identity)).toBe(path);
    expect(parsePoolPath(path)).toEqual({ component: "main", ...identity });
  });

  const identity = fc.record({
    source: wordOf("lg1", "ilbgpteu1+.-", 6),
    name: wordOf("pg1", "ptue1+.-", 5),
    version: wordOf("12", "1Ap:t~+e.-u", 6).filter(isDebianVersion),
    architecture: wordOf("ap1", "pt1-", 3),
  });

  test("a path leads back to its package, and is safe everywhere", () => {
    fc.assert(
      fc.property(identity, (one) => {
        const path = poolPath("main", one);
        expect(parsePoolPath(path)).toEqual({ component: "main", ...one });
        expect(path).toMatch(/^[a-z0-9._/-]+$/);
        expect(path.split("/")).not.toContain("..");
      }),
      { numRuns: 5000 },
    );
  });

  test("two packages never share a path, even where upper and lower case are one", () => {
    const paths = new Map<string, string>();
    for (const one of fc.sample(identity, 20_000)) {
      const key = JSON.stringify([one.source, one.name, one.version, one.architecture]);
      const path = poolPath("main", one).toLowerCase();
      expect(paths.get(path) ?? key).toBe(key);
      paths.set(path, key);
    }
  });

  test("what is not of the pool's form has no package", () => {
    for (const path of [
      "pool/main/h/hello/hello_1.0.deb",
      "pool/main/x/hello/hello_1.0_all.deb",
      "pool/main/h/hello/hello_1.0RC_all.deb",
      "pool/main/h/hello/hello_1.0+b_all.deb",
      "dists/stable/Release",
      "pool/main/h/hello/_1.0_all.deb",
    ])
      expect(parsePoolPath(path)).toBeUndefined();
  });
});
