import { expect, it } from "vitest";
import { guessService } from "../../src/commands/guess-service.ts";
import type { Project } from "../../src/project/types.ts";

function project(dependencies: readonly string[], consoleScripts: readonly string[] = []): Project {
  return {
    directory: "/src/my-app",
    kind: "wheel",
    metadataFile: "/src/my-app/pyproject.toml",
    name: "My-App",
    dependencies,
    consoleScripts,
    optionalDependencies: {},
    dependencyGroups: {},
    dynamic: [],
  };
}

it.each([
  [["gunicorn", "Django>=5"], [], "gunicorn --bind 127.0.0.1:8000 my_app.wsgi:application"],
  [["gunicorn", "flask"], ["my-app"], "gunicorn --bind 127.0.0.1:8000 my_app:app"],
  [
    ["gunicorn", "fastapi", "uvicorn[standard]"],
    [],
    "gunicorn --bind 127.0.0.1:8000 --worker-class uvicorn.workers.UvicornWorker my_app:app",
  ],
  [["uvicorn", "starlette"], [], "uvicorn --host 127.0.0.1 --port 8000 my_app:app"],
  [["uvicorn", "django"], [], "uvicorn --host 127.0.0.1 --port 8000 my_app.asgi:application"],
  [["waitress"], [], "waitress-serve --listen=127.0.0.1:8000 my_app:app"],
  [["requests"], ["ctl", "my-appd"], "my-appd"],
  [["requests"], ["ctl"], "ctl"],
])("requirements %j and commands %j make %s", (dependencies, scripts, command) => {
  expect(guessService(project(dependencies, scripts))?.command).toBe(command);
});

it("a library is no service", () => {
  expect(guessService(project(["requests"]))).toBeUndefined();
});
