import { clientSetup } from "../client.ts";
import { clientSteps } from "../client-text.ts";
import { readHead } from "../heads.ts";
import { listedIn, viewSuite } from "../operations/views.ts";
import { readRecord } from "../package-record.ts";
import type { OpenRepository } from "../publish.ts";
import type { RepositorySettings, Suite } from "../types.ts";
import { publishSite } from "./site.ts";
import type { ClientGuide, PageSuite } from "./types.ts";

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
    suites: async () => Promise.all(settings.suites.map(async (suite) => pageSuite(repository, suite))),
    record: async (sha256) => readRecord(storage, sha256),
  });
}

async function pageSuite(repository: OpenRepository, suite: Suite): Promise<PageSuite> {
  const view = await viewSuite(repository, suite);
  const listed = await listedIn(repository, { suite, component: undefined }, view);
  const packages = listed.map((each) => each.listed);
  return { suite, packages, ...(view.head === undefined ? {} : { date: view.head.release.date }) };
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
