import { clientSetup } from "../client.ts";
import { clientSteps } from "../client-text.ts";
import { VenvdebError } from "../../errors.ts";
import { readFormerHead, readHead, releaseName, suiteFolder } from "../heads.ts";
import { recallIndex } from "../index/known.ts";
import { readIndex } from "../index/read.ts";
import type { PackageIndex } from "../index/types.ts";
import { readRecord } from "../package-record.ts";
import { indexPlaces } from "../publication/places.ts";
import { headReader } from "../publication/view.ts";
import type { OpenRepository } from "../publish.ts";
import type { RepositorySettings, Suite } from "../types.ts";
import { publishSite } from "./site.ts";
import type { ManifestSuite } from "./manifest.ts";
import type { ClientGuide, SiteSuite } from "./types.ts";

/**
 * Brings the web pages of a repository up to what its suites list now.
 * @throws VenvdebError of the storage, REPO_DAMAGED
 */
export async function publishPage(repository: OpenRepository): Promise<void> {
  const { storage, settings } = repository;
  await publishSite(repository, {
    guides: clientGuides(settings),
    releases: async () => {
      const heads = await Promise.all(
        settings.suites.map(async (suite) => readHead(storage, settings, suite)),
      );
      return heads.map((head) => head?.sha256 ?? "").join(" ");
    },
    suites: async () => Promise.all(settings.suites.map(async (suite) => siteSuite(repository, suite))),
    former: async (suite, path) => readFormerIndex(repository, suite, path),
    record: async (sha256) => readRecord(storage, sha256),
  });
}

async function siteSuite({ storage, settings }: OpenRepository, suite: Suite): Promise<SiteSuite> {
  const head = await readHead(storage, settings, suite);
  if (head === undefined) return { suite, release: "", indexes: [] };
  const read = headReader(storage, settings, suite, head);
  const hashes = new Map(head.release.entries.map(({ path, sha256 }) => [path, sha256]));
  return {
    suite,
    date: head.release.date,
    release: releaseName(head),
    indexes: indexPlaces(settings, suite).flatMap(({ path }) => {
      const sha256 = hashes.get(path);
      return sha256 === undefined ? [] : { path, sha256, read: async () => read(path) };
    }),
  };
}

/** An index that the site was made of: this command may have it still, else the repository. */
async function readFormerIndex(
  { storage, settings }: OpenRepository,
  { name, release, indexes }: ManifestSuite,
  path: string,
): Promise<PackageIndex | undefined> {
  const remembered = recallIndex(storage, indexes[path] ?? "");
  const suite = settings.suites.find((one) => one.name === name);
  if (remembered !== undefined || suite === undefined) return remembered;
  try {
    const head = await readFormerHead(storage, suite, release);
    const isThat = head?.release.entries.some(
      (entry) => entry.path === path && entry.sha256 === indexes[path],
    );
    if (head === undefined || isThat !== true) return undefined;
    return await readIndex(storage, suiteFolder(settings, suite), path, head.release.entries);
  } catch (error) {
    if (error instanceof VenvdebError && error.code === "REPO_DAMAGED") return undefined;
    throw error;
  }
}

/** How a machine is set up for each suite; none where nobody has said where clients reach the repository. */
export function clientGuides(settings: RepositorySettings): ClientGuide[] {
  if (settings.publicUrl === undefined) return [];
  return settings.suites.map((suite) => ({ suite: suite.name, steps: guideSteps(settings, suite) }));
}

function guideSteps(settings: RepositorySettings, suite: Suite): ClientGuide["steps"] {
  const setup = clientSetup(settings, suite);
  const steps = clientSteps(setup).map(({ commands }) => commands);
  const { auth } = clientSetup(settings, suite, { credentials: { login: "USER" } });
  const { oneLine } = setup;
  return [
    {
      title: "Debian 11 and Ubuntu 20.04, or later",
      note: "Fetches the key, says where the packages are, and reads what there is.",
      commands: steps.join("\n"),
      folded: false,
    },
    {
      title: "As one line, for other tools",
      note: `The content of ${oneLine.path}, in the place of the other file.`,
      commands: oneLine.text.trimEnd(),
      folded: true,
    },
    ...(auth === undefined
      ? []
      : [
          {
            title: "When the server asks for a password",
            note: `The content of ${auth.path}, which only root may read.`,
            commands: auth.text.trimEnd(),
            folded: true,
          },
        ]),
  ];
}
