import { expect, it } from "vitest";
import { parseRedisAddress } from "../../src/queue/redis-address.ts";
import { thrown } from "../helpers/thrown.ts";

it.each([
  ["redis://queue", { host: "queue", port: 6379, database: 0, tls: false, shown: "redis://queue:6379" }],
  [
    "rediss://[::1]:7000/3",
    { host: "::1", port: 7000, database: 3, tls: true, shown: "rediss://[::1]:7000/3" },
  ],
  ["redis://shop:p%40ss@queue/", { username: "shop", password: "p@ss", shown: "redis://queue:6379" }],
])("%s is read", (text, wanted) => {
  expect(parseRedisAddress(text)).toMatchObject(wanted);
});

it("takes the password from elsewhere, and shows none", () => {
  const address = parseRedisAddress("redis://queue", "hush");
  expect(address.password).toBe("hush");
  expect(address.shown).not.toContain("hush");
});

it.each(["", "queue:6379", "http://queue", "redis://queue/shop", "redis://queue?x=1", "redis:///tmp/socket"])(
  "%j is refused, and not repeated",
  async (text) => {
    const error = await thrown(() => parseRedisAddress(text, "hush"));
    expect(error).toMatchObject({ code: "QUEUE_BAD_URL", exitCode: 2 });
    expect(error.message).not.toContain("hush");
  },
);
