/** A fleet file to begin with: what must be filled in is shown, the rest is told in comments. */
export function renderFleetStarter(): string {
  return `# Which projects "venvdeb sync" builds from version control, and into which suites.
# Every setting is explained in docs/fleet.md.

[repository]
# A folder, relative to this file, or s3://bucket/prefix. Make it once:
#   venvdeb repo init ./apt --suite testing --suite stable --origin Example --label Example
url = "./apt"
# retention = { versions = 3 }

[defaults]
# What is built for; without it, the machine that plans.
# targets = ["debian:bookworm/amd64"]
# Which branches and tags are built, and the suite for each.
branches = { main = "testing" }
tags = { "v*" = "stable" }

# One table for each project. git, hg or svn: a URL, or a path relative to this file.
[[source]]
git = "https://git.example.com/team/project.git"
# path = "services/billing"
`;
}
