import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readHead } from "../../src/repository/heads.ts";
import { publishSuite } from "../../src/repository/publish.ts";
import { writeSettings } from "../../src/repository/settings.ts";
import { expectGoodSignatures } from "../helpers/good-signatures.ts";
import { indexedPackage } from "../helpers/indexed-packages.ts";
import { edit, emptyRepository, fillPool, publishPackages } from "../helpers/repository-fixture.ts";
import { thrown } from "../helpers/thrown.ts";

const A = indexedPackage("a", "1.0");
const B = indexedPackage("b", "1.0");

describe("a publication is refused", () => {
  test("for other bytes of a listed version, with both hashes", async () => {
    const fixture = await emptyRepository({}, { components: ["main", "extra"] });
    await publishPackages(fixture, [A]);
    const other = indexedPackage("a", "1.0", { content: "other" });
    fillPool(fixture.folder, [other]);
    for (const change of [
      [edit([other])],
      [edit([other], [A])],
      [edit([other], [], { component: "extra" })],
    ]) {
      const error = await thrown(async () =>
        publishSuite(fixture.repository, fixture.suite, async () => change, fixture),
      );
      expect(error.code).toBe("REPO_VERSION_CONFLICT");
      expect(error.message).toContain(A.sha256);
      expect(error.message).toContain(other.sha256);
    }
  });

  test("for a package that is not in the pool", async () => {
    const fixture = await emptyRepository();
    const error = await thrown(async () =>
      publishSuite(fixture.repository, fixture.suite, async () => [edit([A])], fixture),
    );
    expect(error.code).toBe("REPO_OBJECT_MISSING");
    expect(existsSync(join(fixture.folder, "dists/stable/InRelease"))).toBe(false);
  });

  test("for an architecture that the suite does not declare", async () => {
    const fixture = await emptyRepository();
    const error = await thrown(async () =>
      publishSuite(
        fixture.repository,
        fixture.suite,
        async () => [edit([A], [], { architecture: "arm64" })],
        fixture,
      ),
    );
    expect(error.code).toBe("REPO_NOT_DECLARED");
  });

  test.for([
    ["is missing", (path: string) => rmSync(path)],
    ["has other bytes", (path: string) => writeFileSync(path, "other")],
  ] as const)("when an index that it builds on %s", async ([, damage]) => {
    const fixture = await emptyRepository();
    await publishPackages(fixture, [A]);
    const head = await readHead(fixture.repository.storage, fixture.repository.settings, fixture.suite);
    const entry = head?.release.entries.find(({ path }) => path.endsWith("Packages.gz"));
    const path = `dists/stable/main/binary-amd64/by-hash/SHA256/${entry?.sha256}`;
    damage(join(fixture.folder, path));
    const error = await thrown(async () => publishPackages(fixture, [B]));
    expect(error).toMatchObject({ code: "REPO_DAMAGED", hint: "venvdeb repo verify" });
    expect(error.message).toContain(path);
  });

  test("on a head that no key of the repository signed, unless it is asked for", async () => {
    const fixture = await emptyRepository();
    await publishPackages(fixture, [A]);
    const path = join(fixture.folder, "dists/stable/InRelease");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace("Label: Example packages", "Label: Evil packages"),
    );
    expect(await thrown(async () => publishPackages(fixture, [B]))).toMatchObject({
      code: "SIGN_BAD_SIGNATURE",
    });
    fillPool(fixture.folder, [B]);
    const options = { signers: fixture.signers, acceptHead: true };
    await publishSuite(fixture.repository, fixture.suite, async () => [edit([B])], options);
    expectGoodSignatures(fixture);
  });

  test("when the settings were changed meanwhile", async () => {
    const fixture = await emptyRepository();
    const { storage, settings, settingsVersion } = fixture.repository;
    await writeSettings(storage, { ...settings, description: "Changed" }, settingsVersion);
    expect(await thrown(async () => publishPackages(fixture, [A]))).toMatchObject({
      code: "REPO_SETTINGS_CHANGED",
    });
  });
});
