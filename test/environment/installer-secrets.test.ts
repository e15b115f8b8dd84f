import { expect, test } from "vitest";
import { installerEnvironment } from "../../src/environment/child.ts";
import { testHost } from "../helpers/environment-build.ts";

test("pip and uv get the variables of the user's clouds for keyring, and never ours", () => {
  const env = {
    PIP_KEYRING_PROVIDER: "subprocess",
    AWS_PROFILE: "mine",
    VENVDEB_SHARED_CACHE_KEY: "secret",
    VENVDEB_REDIS_PASSWORD: "secret",
  };
  const got = installerEnvironment(testHost({ env }));
  expect(got).toMatchObject({ PIP_KEYRING_PROVIDER: "subprocess", AWS_PROFILE: "mine" });
  expect(Object.keys(got).filter((name) => name.startsWith("VENVDEB_"))).toEqual([]);
});
