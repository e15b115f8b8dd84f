import { assert, property, string } from "fast-check";
import { expect, it } from "vitest";
import { buildQueueName, publishQueueName, queuePrefix, readQueueName } from "../../src/queue/names.ts";

it("a queue's name says its target and version, in characters that BullMQ takes", () => {
  const name = buildQueueName("debian:bookworm/amd64", "1.2.0-rc.1");
  expect(name).not.toMatch(/[:/]/);
  expect(readQueueName(name)).toEqual({ kind: "build", tool: "1.2.0-rc.1", target: "debian:bookworm/amd64" });
  expect(readQueueName(publishQueueName("1.2.0"))).toEqual({ kind: "publish", tool: "1.2.0", target: "" });
});

it("a name of somebody else is none of ours", () => {
  assert(
    property(string(), (text) => {
      const said = readQueueName(text);
      if (said?.kind === "build") expect(buildQueueName(said.target, said.tool)).toBe(text);
      else if (said !== undefined) expect(publishQueueName(said.tool)).toBe(text);
    }),
  );
  for (const name of ["build~1.0", "publish~1.0~debian~bookworm~amd64", "build~1.0~a~b~c~d", "mail"])
    expect(readQueueName(name), name).toBeUndefined();
});

it("fleets that share a Redis do not see one another", () => {
  expect(queuePrefix("/srv/a")).not.toBe(queuePrefix("/srv/b"));
});
