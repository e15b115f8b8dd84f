import type { Project } from "../project/types.ts";
import { normalizeName } from "../python/normalize-name.ts";

export interface GuessedService {
  readonly command: string;
  /** `web`: a server of web applications is required, so it surely is a service. `script`: it has commands, one may be. */
  readonly from: "web" | "script";
}

/** The service that a project most likely is, by what it requires and installs. */
export function guessService(project: Project): GuessedService | undefined {
  const required = new Set(project.dependencies.map(nameOf));
  const known = WEB.find(({ needs }) => needs.every((name) => required.has(name)));
  if (known !== undefined) return { command: known.command(moduleOf(project)), from: "web" };
  const scripts = project.consoleScripts;
  const likely = scripts.find((name) => /(?:serve|server|daemon|worker|d)$/.test(name)) ?? scripts[0];
  return likely === undefined ? undefined : { command: likely, from: "script" };
}

/** The first that fits counts. */
const WEB: readonly { readonly needs: readonly string[]; readonly command: (module: string) => string }[] = [
  {
    needs: ["gunicorn", "django"],
    command: (module) => `gunicorn --bind 127.0.0.1:8000 ${module}.wsgi:application`,
  },
  {
    needs: ["gunicorn", "fastapi", "uvicorn"],
    command: (module) =>
      `gunicorn --bind 127.0.0.1:8000 --worker-class uvicorn.workers.UvicornWorker ${module}:app`,
  },
  { needs: ["gunicorn"], command: (module) => `gunicorn --bind 127.0.0.1:8000 ${module}:app` },
  {
    needs: ["uvicorn", "django"],
    command: (module) => `uvicorn --host 127.0.0.1 --port 8000 ${module}.asgi:application`,
  },
  { needs: ["uvicorn"], command: (module) => `uvicorn --host 127.0.0.1 --port 8000 ${module}:app` },
  { needs: ["waitress"], command: (module) => `waitress-serve --listen=127.0.0.1:8000 ${module}:app` },
  { needs: ["fastapi"], command: (module) => `fastapi run --host 127.0.0.1 --port 8000 ${module}` },
  { needs: ["flask"], command: (module) => `flask --app ${module} run --port 8000` },
];

function nameOf(requirement: string): string {
  return normalizeName(/^\s*([A-Za-z0-9._-]+)/.exec(requirement)?.[1] ?? "");
}

function moduleOf({ name, directory }: Project): string {
  return (name ?? directory.replace(/^.*\//, "")).toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
}
