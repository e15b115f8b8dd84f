import { expect, it } from "vitest";
import { renderRehearsal } from "../../src/commands/render-rehearsal.ts";
import type { Rehearsal } from "../../src/rehearse/types.ts";

const rehearsal: Rehearsal = {
  packages: [{ name: "hello", version: "1.0-1", path: "/hello.deb" }],
  machine: { kind: "chroot", release: "bookworm", reason: "a chroot was asked for" },
  steps: [
    { id: "install", title: "install hello 1.0-1", outcome: "PASS", detail: "", seconds: 12.34 },
    { id: "records", title: "every RECORD is true", outcome: "FAIL", detail: "one\ntwo", seconds: 0.1 },
    { id: "services", title: "services run", outcome: "SKIPPED", detail: "no service", seconds: 0 },
  ],
  passed: false,
  kept: "/cache/run/x/root",
};

it("is a line a step, what failed in full, and what it was done on", () => {
  expect(renderRehearsal(rehearsal).split("\n")).toEqual([
    "PASS      12.3 s  install hello 1.0-1",
    "FAIL       0.1 s  every RECORD is true  see below",
    "SKIPPED    0.0 s  services run          no service",
    "",
    "every RECORD is true:",
    "    one",
    "    two",
    "",
    "bookworm, a chroot: 1 passed, 1 failed, 1 skipped",
    "Not booted: a chroot was asked for",
    "The machine is at /cache/run/x/root; to remove it: umount -R /cache/run/x/root; rm -r /cache/run/x",
    "",
  ]);
});
