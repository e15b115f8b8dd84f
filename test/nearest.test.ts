import { expect, it } from "vitest";
import { nearest } from "../src/nearest.ts";

const known = ["name", "compression", "depends", "pre-depends", "extras", "links"];

it.each([
  ["nmae", "name"],
  ["Name", "name"],
  ["compresion", "compression"],
  ["depend", "depends"],
  ["predepends", "pre-depends"],
  ["extra", "extras"],
  ["lniks", "links"],
  ["cron", undefined],
  ["x", undefined],
  ["", undefined],
])("%j most likely means %j", (typed, meant) => {
  expect(nearest(typed, known)).toBe(meant);
});

it("takes the nearer of two", () => {
  expect(nearest("buld", ["bull", "build"])).toBe("bull");
  expect(nearest("chck", ["chef", "check"])).toBe("check");
});
