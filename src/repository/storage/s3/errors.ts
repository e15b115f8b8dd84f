import { VenvdebError, messageOf } from "../../../errors.ts";
import { redactSecrets } from "../../../effects/redact.ts";
import { fieldOf, nameOf, statusOf } from "./retry.ts";

/** What an error of a bucket is told with. */
export interface BucketFacts {
  readonly bucket: string;
  /** Nothing: AWS. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** What no message may show. */
  readonly secrets: readonly string[];
}

/**
 * The plain error for what the SDK throws. Its own error is not kept as the cause: that has the signed request in it.
 * Codes: S3_NO_BUCKET, S3_NO_CREDENTIALS, S3_NO_ACCESS, S3_WRONG_REGION, S3_UNREACHABLE, S3_FAILED.
 */
export function bucketError(error: unknown, doing: string, facts: BucketFacts): unknown {
  if (error instanceof VenvdebError) return error;
  const said = withoutSecrets(`${nameOf(error)}: ${messageOf(error)}`, facts.secrets);
  const { code, problem, hint } = explain(error, said, facts);
  const where = facts.endpoint === undefined ? "" : ` at ${redactSecrets(facts.endpoint)}`;
  return new VenvdebError(code, `Cannot ${doing} in the bucket "${facts.bucket}"${where}: ${problem}`, {
    hint,
    cause: new Error(said),
  });
}

/** What every store says in an answer of this kind; a web server that answers any request does not. */
export function stated<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the answer has no ${what}`);
  return value;
}

interface Explanation {
  readonly code: `S3_${Uppercase<string>}`;
  readonly problem: string;
  readonly hint: string;
}

function explain(error: unknown, said: string, facts: BucketFacts): Explanation {
  const [name, status] = [nameOf(error), statusOf(error)];
  // The answer to HEAD has no body to name the error; of an object, it is no error.
  if (name === "NoSuchBucket" || name === "NotFound")
    return {
      code: "S3_NO_BUCKET",
      problem: "there is no such bucket",
      hint: "make it first, or correct its name",
    };
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return { code: "S3_NO_CREDENTIALS", problem: "there are no credentials", hint: CREDENTIALS };
  if (status === 301 || name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed")
    return {
      code: "S3_WRONG_REGION",
      problem: `it is not in the region "${facts.region ?? "that is set"}" (${said})`,
      hint: "set AWS_REGION to the bucket's region",
    };
  // versitygw answers 404 to a key that it does not know.
  if (status === 401 || status === 403 || /AccessKey|UserNotFound/.test(name))
    return { code: "S3_NO_ACCESS", problem: `the store refuses (${said})`, hint: RIGHTS };
  if (name === "Region is missing" || /Region is missing/.test(said))
    return {
      code: "S3_WRONG_REGION",
      problem: "no region is set",
      hint: "set AWS_REGION to the bucket's region",
    };
  // An answer that is no XML: the SDK could not read it.
  if (status === undefined || fieldOf(error, "$responseBodyText") !== undefined || name === "SyntaxError")
    return {
      code: "S3_UNREACHABLE",
      problem: `no S3 store answers there (${said})`,
      hint: "look at AWS_ENDPOINT_URL (https://HOST[:PORT], nothing for AWS) and at the network",
    };
  return {
    code: "S3_FAILED",
    problem: `the store answers ${status} (${said})`,
    hint: "run the command again: what clients see is as it was",
  };
}

const CREDENTIALS =
  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine a role that has them";

const RIGHTS =
  "look whose credentials are set (AWS_ACCESS_KEY_ID, AWS_PROFILE), and that they have s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject";

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, "****"), redactSecrets(text));
}
