import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { openStorage } from "../../../src/repository/storage/open.ts";
import { hostWith, startVersitygw } from "../../helpers/versitygw.ts";

it("removes uploads that were broken off, of its own prefix and older than asked", async () => {
  const { bucket, endpoint, env } = await startVersitygw();
  const storage = await openStorage(`s3://${bucket}/apt`, hostWith(env));
  const credentials = { accessKeyId: "test-access", secretAccessKey: "test-secret-key" };
  const client = new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1", credentials });
  const uploads = async () => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ Key }) => Key);
  };
  for (const Key of ["apt/pool/a.deb", "apt/pool/b.deb", "other/c.deb"])
    await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  expect(await uploads()).toHaveLength(3);
  await storage.discardUploads?.(new Date(Date.now() - 60_000));
  expect(await uploads()).toHaveLength(3);
  await storage.discardUploads?.(new Date(Date.now() + 60_000));
  expect(await uploads()).toEqual(["other/c.deb"]);
  client.destroy();
});
