import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { auditTree, findLeaks } from "../../src/relocate/audit.ts";
import { collectNeedles } from "../../src/relocate/needles.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const alice = {
  folders: [{ path: "/tmp/stage-1", what: "the staging folder" }],
  home: "/home/alice",
  userName: "alice",
  hostName: "wonder",
};

async function leaksOf(content: string | Uint8Array, traces = alice, published = false): Promise<string[]> {
  const tree = await tempFiles({ "a/file.bin": content });
  const leaks = findLeaks({ tree, needles: collectNeedles(traces), isPublished: () => published });
  return leaks.map(({ path, offset, needle }) => `${path}:${offset}:${needle.what}`);
}

test.each([
  ["the staging folder", "ab\0/tmp/stage-1/x", ["a/file.bin:3:the staging folder"]],
  ["the home folder", "P=/home/alice/src", ["a/file.bin:2:the home folder", "a/file.bin:7:the user's name"]],
  ["the user's name as a part of a path", "/Users/alice/x", ["a/file.bin:6:the user's name"]],
  ["another host", "by alice@wonderland", []],
  ["user and host", "by alice@wonder.lan\n", ["a/file.bin:3:user and host"]],
  ["another user", "/home/alice2/x /chroot/home/alice", []],
])("%s", async (_title, content, expected) => {
  expect(await leaksOf(content)).toEqual(expected);
});

test("root: the home folder counts, the name does not, other words with it do not", async () => {
  const root = { ...alice, home: "/root", userName: "root" };
  expect(await leaksOf("/root/.cargo", root)).toEqual(["a/file.bin:0:the home folder"]);
  expect(await leaksOf("/rootfs /chroot/root x/root/", root)).toEqual([]);
});

test("a user whose name is a word of code does not make paths leaks", async () => {
  const app = { ...alice, home: "/home/app", userName: "app" };
  expect(await leaksOf("/srv/app/x", app)).toEqual([]);
  expect(await leaksOf("/home/app/x", app)).toEqual(["a/file.bin:0:the home folder"]);
});

test("published files may hold other people's homes, never our folders", async () => {
  expect(await leaksOf("/home/alice/x", alice, true)).toEqual([]);
  expect(await leaksOf("/tmp/stage-1/x", alice, true)).toEqual(["a/file.bin:0:the staging folder"]);
});

test("a leak across the border of two windows of a big file is found at its place", async () => {
  const tree = await tempFiles();
  const bytes = Buffer.alloc(70 * 1024 * 1024);
  const offset = 32 * 1024 * 1024 - 5;
  bytes.write("/tmp/stage-1", offset);
  await writeFile(join(tree, "big"), bytes);
  const leaks = findLeaks({ tree, needles: collectNeedles(alice), isPublished: () => false });
  expect(leaks.map((leak) => leak.offset)).toEqual([offset]);
});

test("names and link targets count too", async () => {
  const tree = await tempFiles();
  await symlink("/tmp/stage-1/x", join(tree, "link"));
  await writeFile(join(tree, "alice@wonder"), "");
  const leaks = findLeaks({ tree, needles: collectNeedles(alice), isPublished: () => false });
  expect(leaks.map(({ path }) => path)).toEqual(["alice@wonder", "link"]);
});

test("all leaks are one error, twenty of them written out", async () => {
  const files = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`f${index}`, "x/tmp/stage-1"]));
  const tree = await tempFiles(files);
  const error = await thrown(() =>
    auditTree({ tree, needles: collectNeedles(alice), isPublished: () => false }),
  );
  expect(error.code).toBe("RELOCATE_LEAK");
  expect(error.message.match(/: byte 1:/g)).toHaveLength(20);
  expect(error.message).toContain("25 places");
  expect(error.message).toContain("and 5 more");
});
