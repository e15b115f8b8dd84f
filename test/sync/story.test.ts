import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRepository, smallProject, testFleet, type SyncRun } from "../helpers/fleet.ts";
import { measuredCli } from "../helpers/measured-cli.ts";
import { gitRepository, type GitRepository } from "../helpers/git-repository.ts";

/** What was built, and what each suite got. */
function summary({ built, published }: SyncRun) {
  return {
    built: built.map(({ source, packages }) => `${source} ${packages[0]?.version ?? ""}`).toSorted(),
    published: published
      .map(
        ({ suite, added }) =>
          `${suite}: ${added.map(({ name, version }) => `${name} ${version}`).join(", ")}`,
      )
      .toSorted(),
  };
}

/** As a snapshot's version has it. */
function id(repository: GitRepository): string {
  return `g${repository.run(["rev-parse", "--short=7", "HEAD"])}`;
}

it(
  "three projects in git come into two suites, and from then on only what changed",
  { timeout: 900_000 },
  async () => {
    const fleet = await testFleet();
    const [billing, mailer] = [
      await projectRepository("billing", "v1.0.0"),
      await projectRepository("mailer"),
    ];
    const shop = await gitRepository();
    shop.commit("Begin", {
      ...Object.fromEntries(
        Object.entries(smallProject("web", "1\n")).map(([path, text]) => [`services/web/${path}`, text]),
      ),
      README: "The shop\n",
    });
    await fleet.write(`[repository]
url = "apt"
[defaults]
branches = { main = "testing", "try/*" = "testing" }
tags = { "v*" = "stable" }
[[source]]
git = "${billing.path}"
name = "billing"
[[source]]
git = "${mailer.path}"
name = "mailer"
[[source]]
git = "${shop.path}"
path = "services/web"
`);

    const first = await fleet.sync();
    expect(first.exitCode, first.stderr).toBe(0);
    const [mailer1, web1] = [`mailer 0~git1.${id(mailer)}-1`, `web 0~git1.${id(shop)}-1`];
    expect(summary(first)).toEqual({
      built: ["billing 1.0.0-1", mailer1, web1.replace("web", "repository-web")],
      published: [`stable: billing 1.0.0-1`, `testing: billing 1.0.0-1, ${mailer1}, ${web1}`],
    });

    // A second run does nothing, and all its processes together take less than a second.
    const second = await fleet.sync();
    expect(second.exitCode, second.stderr).toBe(0);
    expect(summary(second)).toEqual({ built: [], published: [] });
    expect(second.stderr).toContain("Nothing to do: 3 jobs published already.");
    const measured = await measuredCli(["sync", join(fleet.folder, "fleet.toml")], fleet.env);
    expect(measured).toMatchObject({ code: 0, stdout: "" });
    expect(measured.cpuSeconds).toBeLessThan(1);

    // One commit, one build. What another folder of a repository changes is none.
    billing.commit("More", { text: "two\n" });
    shop.commit("Say more", { README: "The whole shop\n" });
    const third = await fleet.sync();
    expect(third.exitCode, third.stderr).toBe(0);
    const billing2 = `1.0.0+git1.${id(billing)}-1`;
    expect(summary(third)).toEqual({
      built: [`billing ${billing2}`],
      published: [`testing: billing ${billing2}`],
    });

    // A tag on what is there: the new version for stable, and for testing too.
    billing.run(["tag", "v1.1.0"]);
    const tagged = await fleet.sync();
    expect(summary(tagged)).toEqual({
      built: ["billing 1.1.0-1"],
      published: ["stable: billing 1.1.0-1", "testing: billing 1.1.0-1"],
    });

    // A tag on what testing has with that very version already: listed, not built again.
    mailer.commit("Release", { text: "release\n" });
    mailer.run(["tag", "2.0.0"]);
    expect(summary(await fleet.sync()).built).toEqual(["mailer 2.0.0-1"]);
    await fleet.write(
      (await readFile(join(fleet.folder, "fleet.toml"), "utf8")).replace(
        '"v*" = "stable"',
        '"v*" = "stable", "2*" = "stable"',
      ),
    );
    expect(summary(await fleet.sync())).toEqual({ built: [], published: ["stable: mailer 2.0.0-1"] });

    // A rewritten branch: the new commit gets a version that is newer than the one that is gone.
    mailer.commit("Third", { text: "third\n" });
    mailer.commit("Fourth", { text: "fourth\n" });
    expect(summary(await fleet.sync()).built).toEqual([`mailer 2.0.0+git2.${id(mailer)}-1`]);
    mailer.run(["reset", "--quiet", "--hard", "HEAD~2"]);
    mailer.commit("Other third", { text: "other\n" });
    expect(summary(await fleet.sync()).built).toEqual([`mailer 2.0.0+git3.${id(mailer)}-1`]);
    expect(summary(await fleet.sync()).built).toEqual([]);

    // A broken commit: its error is kept, the others publish. A deleted branch, and one that is new.
    mailer.run(["branch", "try/old"]);
    mailer.commit("Break it", { "pyproject.toml": "[project\n" });
    billing.commit("Mend it", { text: "three\n" });
    const broken = await fleet.sync();
    expect(broken.exitCode).toBe(1);
    expect(summary(broken).built).toEqual([`billing 1.1.0+git1.${id(billing)}-1`]);
    expect(broken.failed).toMatchObject([{ source: "mailer", code: "CONFIG_INVALID" }]);
    expect(await readFile(broken.failed[0]?.log ?? "", "utf8")).toContain("CONFIG_INVALID");
    mailer.run(["branch", "--delete", "--force", "try/old"]);
    mailer.commit("Mend it", smallProject("mailer", "fine\n"));
    expect(summary(await fleet.sync())).toMatchObject({
      built: [expect.stringContaining("mailer 2.0.0+git3.")],
    });

    // A repository that cannot be reached stops no other.
    await rename(mailer.path, `${mailer.path}.away`);
    billing.commit("Go on", { text: "four\n" });
    const away = await fleet.sync();
    expect(away.exitCode).toBe(1);
    expect(away.sources).toMatchObject([{ source: "mailer" }]);
    expect(summary(away).built).toEqual([`billing 1.1.0+git2.${id(billing)}-1`]);

    expect(await fleet.listed("stable")).toEqual(["billing 1.0.0-1", "billing 1.1.0-1", "mailer 2.0.0-1"]);
    expect((await fleet.run("repo", "verify", "apt")).exitCode).toBe(0);
  },
);
