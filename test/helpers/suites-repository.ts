import { join } from "node:path";
import { addPackages, type AddOptions } from "../../src/repository/operations/add.ts";
import { listPackages } from "../../src/repository/operations/list.ts";
import { verifyRepository, type Verification } from "../../src/repository/operations/verify.ts";
import type { Published, RepositorySettings, Suite } from "../../src/repository/types.ts";
import { emptyRepository, type RepositoryFixture } from "./repository-fixture.ts";
import { tempFiles } from "./temp-files.ts";
import { writeTestDeb, type TestDeb } from "./test-debs.ts";

/** A repository with the suites testing (main, extra; amd64, arm64) and stable (main; amd64). */
export interface SuitesRepository extends RepositoryFixture {
  /** Writes packages and adds them. */
  readonly add: (
    target: string,
    debs: readonly TestDeb[],
    options?: Partial<AddOptions>,
  ) => Promise<Published>;
  /** `shop 1.0-1` of a suite, every version. */
  readonly listed: (suite: string) => Promise<string[]>;
  readonly verified: () => Promise<Verification>;
}

const TESTING: Suite = {
  name: "testing",
  codename: "testing",
  components: ["main", "extra"],
  architectures: ["amd64", "arm64"],
};
const STABLE: Suite = {
  name: "stable",
  codename: "bookworm",
  components: ["main"],
  architectures: ["amd64"],
};

export async function suitesRepository(changes: Partial<RepositorySettings> = {}): Promise<SuitesRepository> {
  const fixture = await emptyRepository({ suites: [TESTING, STABLE], ...changes });
  const { repository, signers } = fixture;
  const folder = await tempFiles();
  const written = new Map<string, string>();
  /** The same package is the same file: its bytes tell when it was made. */
  const write = (deb: TestDeb): string => {
    const key = JSON.stringify(deb);
    const path = written.get(key) ?? writeTestDeb(join(folder, String(written.size)), deb);
    written.set(key, path);
    return path;
  };
  return {
    ...fixture,
    add: async (target, debs, options = {}) => {
      const paths = debs.map(write);
      return addPackages(repository, { target, paths, cwd: folder, jobs: 2, signers, ...options });
    },
    listed: async (target) => {
      const packages = await listPackages(repository, { target, allVersions: true });
      return packages.map(({ name, version }) => `${name} ${version}`);
    },
    verified: async () => verifyRepository(repository, { jobs: 4 }),
  };
}
