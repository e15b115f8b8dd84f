import { S3Client } from "@aws-sdk/client-s3";
import { muteAwsVersionWarning } from "../../../effects/aws-environment.ts";
import type { Host } from "../../../effects/host.ts";
import { bucketError, type BucketFacts } from "./errors.ts";
import { withRetries, type Trial } from "./retry.ts";

/** A bucket, and the way to it. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  /** As the user named it. */
  readonly url: string;
  /** Asks the store, again where that may help. */
  ask<T>(doing: string, run: (trial: Trial) => Promise<T>): Promise<T>;
  /** The plain error for one of the SDK. */
  plain(error: unknown, doing: string): unknown;
}

/** Makes a client from the variables that the AWS tools read; what they do not say is found as the SDK finds it. */
export function openClient(name: string, prefix: string, env: Host["env"]): Bucket {
  muteAwsVersionWarning();
  const facts = factsOf(name, env);
  const client = new S3Client({
    ...(facts.endpoint === undefined ? {} : { endpoint: facts.endpoint, forcePathStyle: true }),
    ...(facts.region === undefined ? {} : { region: facts.region }),
    ...credentialsOf(env),
    // Many stores refuse the checksums that the SDK would add by itself.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Ours know what a repeated conditional write means (see put.ts).
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 10_000,
      requestTimeout: 120_000,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: SOCKETS, keepAlive: true },
      httpsAgent: { maxSockets: SOCKETS, keepAlive: true },
    },
  });
  return {
    client,
    name,
    prefix,
    url: `s3://${name}${prefix === "" ? "" : `/${prefix.slice(0, -1)}`}`,
    ask: async (doing, run) => {
      try {
        return await withRetries(run);
      } catch (error) {
        throw bucketError(error, doing, facts);
      }
    },
    plain: (error, doing) => bucketError(error, doing, facts),
  };
}

const SOCKETS = 128;

function factsOf(bucket: string, env: Host["env"]): BucketFacts {
  const endpoint = env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  // Other stores know no regions, but one is part of every signature.
  const region =
    env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? (endpoint === undefined ? undefined : "us-east-1");
  const secrets = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"].flatMap((variable) => {
    const value = env[variable];
    return value === undefined || value === "" ? [] : [value];
  });
  return { bucket, endpoint, region, secrets };
}

function credentialsOf(env: Host["env"]) {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = env["AWS_SESSION_TOKEN"];
  if (!accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}
