import S3rver from "s3rver";
import { onTestFinished } from "vitest";
import { bucketEnvironment, freePort, type BucketServer } from "./versitygw.ts";
import { tempFiles } from "./temp-files.ts";

/** s3rver, a store that does not know conditional writes and says that all is well, until the test is over. */
export async function startS3rver(): Promise<BucketServer> {
  const port = await freePort();
  const server = new S3rver({
    address: "127.0.0.1",
    port,
    silent: true,
    directory: await tempFiles(),
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: "bucket", configs: [] }],
  });
  await server.run();
  onTestFinished(async () => server.close());
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    bucket: "bucket",
    endpoint,
    env: { ...bucketEnvironment(endpoint), AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" },
  };
}
