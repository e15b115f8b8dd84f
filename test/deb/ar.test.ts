import { expect, test } from "vitest";
import { arHeader } from "../../src/deb/ar.ts";
import { thrown } from "../helpers/thrown.ts";

test("a member has as many bytes as ten digits can tell, and not one more", async () => {
  const header = Buffer.from(arHeader("data.tar", 9_999_999_999, 0)).toString();
  expect([header.length, header.slice(48, 58)]).toEqual([60, "9999999999"]);
  const error = await thrown(() => arHeader("data.tar", 10_000_000_000, 0));
  expect(error).toMatchObject({ code: "DEB_TOO_BIG" });
  expect(error.message).toContain("data.tar has 10000000000 bytes");
});
