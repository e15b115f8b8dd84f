import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

/** What a code may begin with (src/errors.ts): other words in capitals are names of variables. */
const AREA =
  /^(?:BUILD|CACHE|CHECK|CONFIG|DEB|DEPENDS|INSTALL|LAYER|LOCK|PLAN|PROJECT|PYTHON|QUEUE|REHEARSE|RELOCATE|REPO|S3|SIGN|SYNC|SYSTEM|TARGET|TOOL|USAGE|VCS)_/;

/** Every string in capitals of an area, and everything that an error is made with. */
async function codesOfSources(): Promise<Set<string>> {
  const names = (await readdir("src", { recursive: true })).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(names.map((name) => readFile(join("src", name), "utf8")));
  const literals = texts.flatMap((text) =>
    [...text.matchAll(/"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)].map(([, code = ""]) => code),
  );
  const thrown = texts.flatMap((text) =>
    [...text.matchAll(/new VenvdebError\(\s*"([^"]+)"/g)].map(([, code = ""]) => code),
  );
  return new Set([...literals.filter((code) => AREA.test(code)), ...thrown]);
}

async function codesOfPage(): Promise<string[]> {
  const page = await readFile("docs/errors.md", "utf8");
  return [...page.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, code = ""]) => code);
}

it("docs/errors.md has a line for every code of an error, and none that is dead", async () => {
  expect((await codesOfPage()).toSorted()).toEqual([...(await codesOfSources())].toSorted());
});

it("every code of docs/errors.md is what some test waits for", async () => {
  const names = (await readdir("test", { recursive: true })).filter((name) => name.endsWith(".test.ts"));
  const texts = await Promise.all(names.map((name) => readFile(join("test", name), "utf8")));
  const named = new Set(texts.flatMap((text) => text.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []));
  expect((await codesOfPage()).filter((code) => !named.has(code))).toEqual([]);
});
