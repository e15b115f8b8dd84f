export { buildPackage } from "./build.ts";
export { planPackage } from "./plan-package.ts";
export type { BuildOptions, BuildReport } from "./build-types.ts";
export type { PackagePlan } from "./plan/types.ts";
export { VenvdebError } from "./errors.ts";
export type { Reporter } from "./reporter.ts";
