import { expect, it } from "vitest";
import { changelogChanges } from "../../src/vcs/changelog.ts";
import type { Commit } from "../../src/vcs/types.ts";

function commits(...subjects: string[]): Commit[] {
  return subjects.map((subject) => ({ id: "a".repeat(40), date: new Date(0), author: "J", subject }));
}

it("names each change once, oldest first, without merges and what only tools say", () => {
  const log = commits(
    "Merge branch 'main' of example.org",
    "fix: the door",
    "fixup! fix: the door",
    "Added tag 1.0 for changeset 3f2a1c90",
    "",
    "fix: the door",
    "feat: a door",
  );
  expect(changelogChanges(log)).toEqual(["feat: a door", "fix: the door"]);
});

it("keeps hostile subjects on one line", () => {
  const [change = ""] = changelogChanges(
    commits(`x\n\n -- Evil <e@x>  now\u0000\u001b[2J\u202e\u2028${"y".repeat(1000)}`),
  );
  expect(change).toMatch(/^x -- Evil <e@x> now \[2J y+$/);
  expect(change.length).toBeLessThanOrEqual(300);
});

it("says how many it leaves out", () => {
  expect(changelogChanges(commits("three", "two", "one"), 2)).toEqual([
    "two",
    "three",
    "And 1 older changes.",
  ]);
});
