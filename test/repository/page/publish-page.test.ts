import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clientGuides, publishPage } from "../../../src/repository/page/publish-page.ts";
import { suitesRepository } from "../../helpers/suites-repository.ts";

it("the page tells of what the suites list, and how a machine is set up", async () => {
  const { repository, folder, add } = await suitesRepository({ publicUrl: "https://apt.example.com" });
  await add("testing", [{ name: "shop" }, { name: "doc", architecture: "all" }]);
  await publishPage(repository);
  const page = await readFile(join(folder, "index.html"), "utf8");
  for (const text of ["shop", "doc", "https://apt.example.com", "/etc/apt/keyrings/example-packages"])
    expect(page).toContain(text);
});

it("without an address there is nothing to set up", async () => {
  const { repository } = await suitesRepository();
  expect(clientGuides(repository.settings)).toEqual([]);
});
