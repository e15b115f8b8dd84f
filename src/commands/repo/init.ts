import type { Initialized } from "../../repository/operations/initialize.ts";
import { plainPublished, renderPublished } from "./render-published.ts";
import { defineCommand } from "../types.ts";
import { refreshPage, warnOfKeys } from "./after-publishing.ts";
import { findInitialKeys } from "./initial-keys.ts";
import { JSON_OPTION, SIGNING_OPTIONS, URL_OPERAND } from "./shared.ts";
import { signerOptions } from "./signing.ts";

/** `venvdeb repo init`: a new repository, or more suites, components and architectures for one. */
export const repoInit = defineCommand({
  name: "repo init",
  summary: "Make an apt repository, or add suites to one",
  operands: [URL_OPERAND],
  options: {
    suite: { type: "list", describe: "NAME, or NAME:CODENAME" },
    origin: { type: "text", describe: "Who publishes; clients hold on to it" },
    label: { type: "text", describe: "What is published; clients hold on to it" },
    component: { type: "list", describe: "Components", fallback: "main" },
    arch: { type: "list", describe: "Architectures", fallback: "this machine's" },
    "public-url": { type: "text", describe: "Where clients reach it: https://apt.example.com" },
    description: { type: "text", describe: "A line about it" },
    flat: { type: "flag", describe: "The simplest form, for `deb URL ./`" },
    contents: { type: "flag", describe: "Publish Contents, for apt-file" },
    compression: {
      type: "list",
      choices: ["plain", "gz", "xz"],
      describe: "Of indexes",
      fallback: "all three",
    },
    versions: { type: "count", describe: "Versions of a package that `repo retain` keeps" },
    days: { type: "count", describe: "Age up to which `repo retain` keeps a version" },
    "valid-for-days": { type: "count", describe: "Clients refuse a Release that is older" },
    email: { type: "text", describe: "Address in the new key" },
    ...SIGNING_OPTIONS,
    key: { type: "list", describe: "Key file, or fingerprint of a key of gpg", fallback: "a new key" },
    force: { type: "flag", describe: "Change even what clients hold on to" },
    "single-publisher": { type: "flag", describe: "Take a store on which two publishers lose packages" },
    ...JSON_OPTION,
  },
  examples: [
    { command: "repo init ./apt --suite testing", says: "One more suite" },
    {
      command: "repo init ./apt --suite stable --origin Example --label Example",
      says: "A new repository, with a new key",
    },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ initializeRepository }, { hostArchitecture }] = await Promise.all([
      import("../../repository/operations/initialize.ts"),
      import("./host-architecture.ts"),
    ]);
    const { host, reporter } = context;
    const { files, keys } = await findInitialKeys(options, host);
    const request = {
      ...given(options),
      suites: options.suite,
      components: options.component,
      architectures: options.arch,
      hostArchitecture: options.arch[0] ?? (await hostArchitecture(host)),
      flat: options.flat,
      contents: options.contents,
      compressions: options.compression,
    };
    const made = await reporter.step("Set up the repository", async (progress) =>
      initializeRepository(
        operands[0] ?? "",
        {
          request,
          keys,
          ...(options.email === undefined ? {} : { email: options.email }),
          signing: { ...signerOptions(options), keyFiles: [...files, ...options["key-file"]] },
          force: options.force,
          singlePublisher: options["single-publisher"],
          onStep: progress,
        },
        host,
      ),
    );
    for (const { field, after, effect } of made.identityChanges)
      reporter.warning(`${field} is "${after}" now: ${effect}`);
    await warnOfKeys(made.repository, reporter);
    await refreshPage(made.repository, reporter);
    context.write(options.json ? initializedJson(made) : renderInitialized(made));
    return 0;
  },
});

function given(options: {
  readonly origin: string | undefined;
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly "public-url": string | undefined;
  readonly versions: number | undefined;
  readonly days: number | undefined;
  readonly "valid-for-days": number | undefined;
}) {
  const { origin, label, description, versions, days } = options;
  const { "public-url": publicUrl, "valid-for-days": validForDays } = options;
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(label === undefined ? {} : { label }),
    ...(description === undefined ? {} : { description }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(versions === undefined ? {} : { versions }),
    ...(days === undefined ? {} : { days }),
    ...(validForDays === undefined ? {} : { validForDays }),
  };
}

function renderInitialized({ outcome, created, published, keyFile, repository }: Initialized): string {
  const { url } = repository.storage;
  const made =
    created === undefined
      ? ""
      : `key: ${created.fingerprint}\n  its private part is ${created.path}: keep a copy of it in a safe place\n`;
  return `${url}: ${outcome}\n${made}certificates: ${keyFile}\n${published.map(renderPublished).join("")}`;
}

function initializedJson({ outcome, created, published, keyFile, repository }: Initialized): string {
  const { storage, settings } = repository;
  const result = {
    url: storage.url,
    outcome,
    keyFile,
    ...(created === undefined ? {} : { created: { fingerprint: created.fingerprint, path: created.path } }),
    suites: settings.suites,
    published: published.map(plainPublished),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
