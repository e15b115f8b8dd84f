import type { Environment } from "./child.ts";

/**
 * The variables by which a version is told to what would ask version control for it: setuptools-scm (and with it
 * hatch-vcs), pdm-backend, poetry-dynamic-versioning, uv-dynamic-versioning and pbr. An exported tree has no history.
 */
export function versionEnvironment(version: string): Environment {
  return {
    SETUPTOOLS_SCM_PRETEND_VERSION: version,
    PDM_BUILD_SCM_VERSION: version,
    POETRY_DYNAMIC_VERSIONING_BYPASS: version,
    UV_DYNAMIC_VERSIONING_BYPASS: version,
    PBR_VERSION: version,
  };
}
