import { expect, it } from "vitest";
import { readHost } from "../../../src/effects/host.ts";
import { openStorage } from "../../../src/repository/storage/open.ts";
import { probeConditionalWrites } from "../../../src/repository/storage/probe.ts";
import type { Storage } from "../../../src/repository/storage/types.ts";
import { startS3rver } from "../../helpers/s3rver.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { hostWith, startVersitygw } from "../../helpers/versitygw.ts";

async function isEmpty(storage: Storage): Promise<boolean> {
  for await (const object of storage.list("")) return object === undefined;
  return true;
}

it("finds that a store honours conditional writes, and leaves nothing there", async () => {
  const { bucket, env } = await startVersitygw();
  const storage = await openStorage(`s3://${bucket}/some/prefix`, hostWith(env));
  expect(await probeConditionalWrites(storage)).toBe("honoured");
  expect(await isEmpty(storage)).toBe(true);
});

it("finds that a folder honours them", async () => {
  const storage = await openStorage(await tempFiles(), readHost());
  expect(await probeConditionalWrites(storage)).toBe("honoured");
  expect(await isEmpty(storage)).toBe(true);
});

it("finds out a store that ignores conditions and answers that all is well", async () => {
  const { bucket, env } = await startS3rver();
  const storage = await openStorage(`s3://${bucket}`, hostWith(env));
  expect(await probeConditionalWrites(storage)).toBe("ignored");
  expect(await isEmpty(storage)).toBe(true);
});
