import { VenvdebError } from "../../errors.ts";
import type { Unpacked } from "./types.ts";

/**
 * Runs `unpack` over groups of items whose sizes are not more than 32 MiB together, so that memory stays bounded. A
 * group that fails is halved until the damaged ones are alone: each of them costs a few runs, not one for every item.
 * @throws VenvdebError TOOL_MISSING
 */
export async function unpackInGroups<T extends { readonly size: number }>(
  items: readonly T[],
  unpack: (group: readonly T[]) => Promise<readonly Uint8Array[]>,
): Promise<Unpacked[]> {
  const results: Unpacked[] = [];
  for (const group of cutGroups(items)) results.push(...(await unpackGroup(group, unpack)));
  return results;
}

const GROUP_SIZE = 32 * 1024 * 1024;

function cutGroups<T extends { readonly size: number }>(items: readonly T[]): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const item of items) {
    const group = groups.at(-1);
    if (group && item.size <= room) group.push(item);
    else {
      groups.push([item]);
      room = GROUP_SIZE;
    }
    room -= item.size;
  }
  return groups;
}

async function unpackGroup<T>(
  group: readonly T[],
  unpack: (group: readonly T[]) => Promise<readonly Uint8Array[]>,
): Promise<Unpacked[]> {
  try {
    return [...(await unpack(group))];
  } catch (error) {
    if (!(error instanceof VenvdebError) || error.code === "TOOL_MISSING") throw error;
    if (group.length === 1) return [error];
    const middle = Math.ceil(group.length / 2);
    const first = await unpackGroup(group.slice(0, middle), unpack);
    return [...first, ...(await unpackGroup(group.slice(middle), unpack))];
  }
}
