"""Tells whether an installed environment works: arguments are its folder and the name of the project in it.

Reads nothing else, writes nothing; prints one line of JSON.
"""

import base64
import hashlib
import importlib
import importlib.metadata
import json
import sys


def main():
    folder, name = sys.argv[1], sys.argv[2]
    problems = []
    if sys.prefix != folder:
        problems.append(f"its Python has the prefix {sys.prefix}")
    imported = import_modules(name, problems) if name else []
    checked, wrong = check_records()
    print(json.dumps({"imported": imported, "problems": problems, "checked": checked, "wrong": wrong}))


def import_modules(name, problems):
    distribution = importlib.metadata.distribution(name)
    imported = []
    for module in modules_of(distribution):
        try:
            importlib.import_module(module)
            imported.append(module)
        except (ImportError, SyntaxError) as error:
            problems.append(f"import {module}: {type(error).__name__}: {error}")
        except BaseException as error:
            # Some modules want settings, or a program around them: that they were found is enough.
            imported.append(f"{module} ({type(error).__name__})")
    return imported


def modules_of(distribution):
    names = {file.parts[0].split(".")[0] for file in distribution.files or () if is_module(file)}
    commands = {point.module for point in distribution.entry_points if point.group == "console_scripts"}
    return sorted(names | commands)


def is_module(file):
    if len(file.parts) == 1:
        return file.suffix in (".py", ".so") and file.stem.split(".")[0].isidentifier()
    return len(file.parts) == 2 and file.name == "__init__.py" and file.parts[0].isidentifier()


def check_records():
    checked, wrong = 0, []
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        if distribution.files is None:
            wrong.append(f"{name} has no RECORD")
        for file in distribution.files or ():
            problem = check_row(file)
            checked += file.hash is not None
            if problem:
                wrong.append(f"{name}: {file} {problem}")
    return checked, wrong


def check_row(file):
    path = file.locate()
    if not path.exists():
        return "is missing"
    if file.hash is None:
        return None
    data = path.read_bytes()
    digest = hashlib.new(file.hash.mode, data).digest()
    value = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return None if value == file.hash.value and len(data) == file.size else "differs from its row"


main()
