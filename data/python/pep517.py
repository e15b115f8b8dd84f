"""Builds a wheel by a PEP 517 build backend in the folder of the project.

Standard input: {"ask": true|false, "backend": "...", "backendPath": [...], "output": "..."}.
The result goes, as JSON, to the file named by the first argument: what backends print is theirs. It is the name of the
wheel, or, if the backend was to be asked and wants more than is there, the list of that: then there is no wheel yet.
"""

import importlib
import json
import os
import sys


def load(backend, backend_path):
    sys.path[:0] = [os.path.join(os.getcwd(), folder) for folder in backend_path]
    module, _, attribute = backend.partition(":")
    found = importlib.import_module(module)
    for name in attribute.split(".") if attribute else ():
        found = getattr(found, name)
    return found


def ask(backend):
    """What the backend wants besides, asked in a process of its own: each hook finds the backend freshly loaded."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        hook = getattr(backend, "get_requires_for_build_wheel", None)
        answer = json.dumps(list(hook(None)) if hook else [])
        with open(writing, "w", encoding="utf-8") as stream:
            stream.write(answer)
        sys.exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
    return json.loads(answer)


def main():
    # Backends set sys.argv as they like.
    answer = sys.argv[1]
    request = json.load(sys.stdin)
    # The folder of this file is no place to import from.
    sys.path.pop(0)
    backend = load(request["backend"], request["backendPath"])
    result = ask(backend) if request["ask"] else []
    if not result:
        result = backend.build_wheel(request["output"], None, None)
    with open(answer, "w", encoding="utf-8") as stream:
        json.dump(result, stream)


main()
