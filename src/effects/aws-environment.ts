import process from "node:process";

/**
 * Keeps the AWS SDK from printing that its next year's versions want another Node.js: whoever runs this program can do
 * nothing about it, and has the version that Debian ships.
 */
export function muteAwsVersionWarning(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}
