import type { PublishStep } from "./publish.ts";

/** What a publisher does now, for people. */
export const PUBLISH_STEPS: Readonly<Record<PublishStep, string>> = {
  finish: "finishing what another publisher began",
  read: "reading the indexes",
  write: "writing and signing the release",
  tail: "writing the plain names",
  wait: "another publisher was faster: starting again",
};
