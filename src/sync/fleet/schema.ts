import { z } from "zod";
import { CONTROL, list, oneLine, projectPath, text } from "../../config/leaf.ts";
import { buildSchema } from "./build-schema.ts";

const suite = text(
  /^(?:[A-Za-z0-9]|\{codename\}|\{distribution\})(?:[A-Za-z0-9.+~-]|\{codename\}|\{distribution\}){0,99}(?:\/[A-Za-z0-9][A-Za-z0-9.+~-]{0,99})?$/,
  'a suite such as "stable", "stable/main" or "{codename}-stable"',
);
const pattern = text(
  new RegExp(`^(?!-)[^${CONTROL} \u00A0]{1,200}$`),
  "a name of a branch or tag, in which * and ? stand for other letters",
);
const source = text(
  new RegExp(
    `^(?!-)(?!(?:ext|fd|transport)::)(?![a-z+]+://[^/@\\s]*:[^/@\\s]*@)[^${CONTROL} ][^${CONTROL}]*$`,
  ),
  "a URL without a password, or a path (credentials come from your git, hg or svn, ssh keys or credential helpers)",
);
const count = z.int("a whole number").min(1, "1 or more").max(100_000, "at most 100000");

/** What may stand in `[defaults]` and in each `[[source]]`. */
const shared = {
  targets: list(text(/^(?:debian|ubuntu):[a-z]+\/[a-z0-9-]+$/, '"debian:bookworm/amd64"'))
    .min(1, "at least one target")
    .meta({
      description:
        "What is built for: release and architecture, each a job of its own. Default: the machine that plans.",
      examples: [["debian:bookworm/amd64", "debian:bookworm/arm64"]],
    })
    .exactOptional(),
  branches: z
    .record(pattern, suite)
    .meta({
      description:
        "Which branches are built, and the suite for each: the first pattern that fits. The newest commit is built.",
      examples: [{ main: "testing" }],
    })
    .exactOptional(),
  tags: z
    .record(pattern, suite)
    .meta({
      description: "Which tags are built, and the suite for each: the first pattern that fits.",
      examples: [{ "v*": "stable" }],
    })
    .exactOptional(),
  "newest-tags": count
    .meta({ description: "How many of the tags of one pattern are built: the newest versions.", default: 1 })
    .exactOptional(),
  version: z
    .enum(["history", "project"])
    .meta({
      description:
        "Who says the version. `history`: tag v1.4.2 is 1.4.2, and seven commits later it is 1.4.2+git7.g3f2a1c9. `project`: the project itself, which then needs a new one for each commit that is built.",
      default: "history",
    })
    .exactOptional(),
  revision: text(
    /^(?:[A-Za-z0-9+.~]|\{codename\}|\{distribution\})+$/,
    'a Debian revision such as "1" or "1~{codename}"',
  )
    .meta({
      description:
        "Debian revision. With targets of several releases it must have {codename} in it, since one version has one file.",
      default: "1",
      examples: ["1~{codename}"],
    })
    .exactOptional(),
  "build-network": z
    .boolean()
    .meta({
      description:
        "In a sandbox, let what the project runs to build itself use the network too, as cargo and npm do. Without it, only venvdeb fetches.",
      default: false,
    })
    .exactOptional(),
  compression: z
    .enum(["xz", "zstd", "gzip", "none"])
    .meta({ description: "Compression of the packages. Default: what each project says." })
    .exactOptional(),
};

const sourceSchema = z.strictObject({
  name: text(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "a name of letters, digits and . _ - with at most 64 characters",
  )
    .meta({
      description: "What messages call it. Default: the last part of its URL, and of its path.",
      examples: ["billing"],
    })
    .exactOptional(),
  git: source
    .meta({
      description: "URL or path of a git repository. A path is relative to the fleet file.",
      examples: ["https://git.example.com/shop/billing.git"],
    })
    .exactOptional(),
  hg: source
    .meta({
      description: "URL or path of a Mercurial repository, in the place of `git`.",
      examples: ["https://hg.example.com/shop"],
    })
    .exactOptional(),
  svn: source
    .meta({
      description:
        "URL of a Subversion repository, above its trunk, branches and tags, in the place of `git`.",
      examples: ["https://svn.example.com/shop"],
    })
    .exactOptional(),
  path: projectPath()
    .meta({
      description:
        "Folder of the project in a repository with several. Only a change below it makes a new package.",
      examples: ["services/billing"],
    })
    .exactOptional(),
  submodules: z
    .boolean()
    .meta({ description: "git only: bring the submodules too.", default: false })
    .exactOptional(),
  "version-tags": pattern
    .meta({
      description:
        "Which tags are versions, where a repository has several projects. Default: every tag that reads as a version.",
      examples: ["billing-v*"],
    })
    .exactOptional(),
  ...shared,
});

/** The fleet file: the one source of its checks, its JSON Schema and its page. */
export const fleetSchema = z
  .strictObject({
    repository: z
      .strictObject({
        url: oneLine().meta({
          description: "Where the packages go: a folder, relative to the fleet file, or s3://bucket/prefix.",
          examples: ["s3://packages/apt"],
        }),
        retention: z
          .strictObject({
            versions: count
              .meta({ description: "Newest versions of each package that stay in a suite.", examples: [3] })
              .exactOptional(),
            days: count
              .meta({ description: "Age in days up to which a version stays.", examples: [90] })
              .exactOptional(),
          })
          .meta({
            description:
              "What stays in the suites: done after each publication. Default: nothing is taken out.",
          })
          .exactOptional(),
      })
      .meta({ description: "The apt repository, made with `venvdeb repo init`." }),
    build: buildSchema.exactOptional(),
    defaults: z
      .strictObject(shared)
      .meta({ description: "What holds for every source that does not say it itself." })
      .exactOptional(),
    source: z
      .array(sourceSchema)
      .min(1, "at least one [[source]]")
      .meta({ description: "Where a project is developed; one table each." }),
  })
  .meta({
    title: "venvdeb fleet",
    description: "Which projects venvdeb sync builds from version control, and into which suites.",
  });

export type RawFleet = z.output<typeof fleetSchema>;
export type RawSource = RawFleet["source"][number];
