import { appendFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readPublished, STATE_PATH, updatePublished } from "../../src/sync/published-state.ts";
import { head, plan, published } from "../helpers/sync-plan.ts";
import { localStorage } from "../helpers/local-storage.ts";
import { thrown } from "../helpers/thrown.ts";

const STATE = published(plan([head("a")]));

it("what was published is read as it was written; nothing at first", async () => {
  const { storage } = await localStorage();
  expect(await readPublished(storage)).toEqual({ format: 1, keys: {} });
  await updatePublished(storage, () => STATE);
  expect(await readPublished(storage)).toEqual(STATE);
});

it("builders that write at one time lose nothing of one another", async () => {
  const { storage } = await localStorage();
  const [entry] = Object.values(STATE.keys);
  if (entry === undefined) throw new Error("no entry");
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) =>
      updatePublished(storage, ({ keys }) => ({
        format: 1,
        keys: { ...keys, [String(index).repeat(64)]: entry },
      })),
    ),
  );
  expect(Object.keys((await readPublished(storage)).keys)).toHaveLength(8);
});

it("gives up where another one is faster each time", async () => {
  const { storage, folder } = await localStorage();
  await updatePublished(storage, () => STATE);
  const error = await thrown(() =>
    updatePublished(storage, (state) => {
      appendFileSync(join(folder, STATE_PATH), " ");
      return state;
    }),
  );
  expect(error.code).toBe("SYNC_STATE_BUSY");
});

it.each(["", "{}", '{"format":2,"keys":{}}', '{"format":1,"keys":{"../x":{}}}'])(
  "takes %j for no state",
  async (text) => {
    const { storage, folder } = await localStorage();
    await mkdir(join(folder, "venvdeb"), { recursive: true });
    await writeFile(join(folder, STATE_PATH), text);
    expect((await thrown(() => readPublished(storage))).code).toBe("SYNC_BAD_STATE");
  },
);
