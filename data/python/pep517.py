"""Calls one hook of a PEP 517 build backend in the folder of the project.

Standard input: {"hook": "requires"|"wheel", "backend": "...", "backendPath": [...], "output": "..."}.
The result goes, as JSON, to the file named by the first argument: what backends print is theirs.
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


def main():
    # Backends set sys.argv as they like.
    answer = sys.argv[1]
    request = json.load(sys.stdin)
    # The folder of this file is no place to import from.
    sys.path.pop(0)
    backend = load(request["backend"], request["backendPath"])
    if request["hook"] == "requires":
        hook = getattr(backend, "get_requires_for_build_wheel", None)
        result = list(hook(None)) if hook else []
    else:
        result = backend.build_wheel(request["output"], None, None)
    with open(answer, "w", encoding="utf-8") as stream:
        json.dump(result, stream)


main()
