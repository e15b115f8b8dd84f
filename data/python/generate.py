"""Makes the generated configuration of an installed package: generate.py ROOT VERB SPEC

It is shipped in the package and run by postinst with the environment's Python. Each output is made of a template, the
fragments of folders, answers to debconf and /etc/default/<package>, and joined with what an operator made of the one
before. Nothing that it reads is executed. What it did that needs a word goes to stderr; stdout has the units to reload.
The standard library only, and little of it: it runs while Python is being upgraded.
"""

import grp
import json
import os
import pwd
import re
import shlex
import stat
import subprocess
import sys
from difflib import SequenceMatcher

LARGEST_FILE = 4 << 20
# Beyond it finding the differences takes minutes.
LONGEST_MERGE = 5000
BESIDE = ".venvdeb-new"


class Refused(Exception):
    """Why an output stays as it is."""


def main(root, verb, spec_file):
    os.umask(0o022)
    with open(spec_file, encoding="utf-8") as file:
        spec = json.load(file)
    say = speaker(spec["package"])
    state = make_state_folder(root, spec["state"])
    reload = set()
    for output in spec["outputs"]:
        try:
            if settle(root, state, output, render(root, state, spec, output, say), say):
                reload.update(unit for unit in output["reload"][verb])
        except (Refused, OSError) as problem:
            say(f"{output['path']} was left as it was: {problem}")
    if verb == "configure":
        drop_former(root, state, {record_name(output["path"]) for output in spec["outputs"]}, say)
    print(*sorted(reload))


def speaker(package):
    def say(text):
        line = re.sub(r"[\x00-\x1f\x7f]+", " ", f"{package}: {text}")
        sys.stderr.write(line.encode("utf-8", "replace").decode("utf-8") + "\n")

    return say


def make_state_folder(root, path):
    """The notes of what was made last, closed to others: they hold what the outputs hold."""
    made = root
    for part in path.strip("/").split("/"):
        made = f"{made}/{part}"
        if not os.path.isdir(made):
            os.mkdir(made, 0o755 if part in ("var", "lib", "venvdeb") else 0o700)
    kept = os.lstat(made)
    if not stat.S_ISDIR(kept.st_mode) or kept.st_uid != os.geteuid() or kept.st_mode & 0o022:
        raise SystemExit(f"{path} is not a folder that only root may write to")
    return made


def record_name(path):
    """The output's path in one word: outputs have no colon in it, and postrm turns it back."""
    return path.replace("/", ":")


# ---- the text


def render(root, state, spec, output, say):
    template = read_text(f"{root}{output['template']}")
    if template is None:
        raise Refused(f"its template {output['template']} is not there")
    values = collect_values(root, state, spec)
    fragments = read_fragments(root, output, say)
    lines = template.split("\n")
    parts = []
    for index, line in enumerate(lines):
        if output["from"] and line.strip() == "@FRAGMENTS@":
            # Each fragment ends with a newline; without any the line is gone.
            parts.append(fragments)
        else:
            parts.append(fill(line, values) + ("\n" if index < len(lines) - 1 else ""))
    return "".join(parts)


PLACE = re.compile(r"\$\$\{|\$\{([A-Za-z][A-Za-z0-9_]*)(?::(json|sh))?\}")


def fill(line, values):
    """One pass: what a value holds is not looked at again."""

    def replace(place):
        name, form = place.groups()
        if name is None:
            return "${"
        if name not in values:
            return place.group()
        if form == "json":
            return json.dumps(values[name], ensure_ascii=False)
        return shlex.quote(values[name]) if form == "sh" else values[name]

    return PLACE.sub(replace, line)


def collect_values(root, state, spec):
    """The settings' defaults, then what debconf was answered, then what the administrator wrote down."""
    values = dict(spec["values"])
    for text, parse in (
        (read_text(f"{state}/answers"), plain_lines),
        (read_text(f"{root}{spec['defaults']}"), environment_lines),
    ):
        values.update((name, value) for name, value in parse(text or "") if name in values)
    for name, value in values.items():
        if re.search(r"[\x00-\x1f\x7f]", value):
            raise Refused(f"the value of {name} holds a control character")
    return values


def plain_lines(text):
    for line in text.split("\n"):
        name, sign, value = line.partition("=")
        if sign:
            yield name, value


ASSIGNMENT = re.compile(
    r"""^[ \t]*([A-Za-z_][A-Za-z0-9_]*)=[ \t]*(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^'"\s](?:[^\\]|\\.)*|))[ \t\r]*$""",
    re.DOTALL,
)


def environment_lines(text):
    """NAME=value lines as EnvironmentFile= of systemd.exec(5) takes them; other lines are not looked at."""
    for line in re.sub(r"\\\n", "", text).split("\n"):
        found = ASSIGNMENT.match(line)
        if found:
            name, single, double, bare = found.groups()
            if single is not None:
                yield name, single
            elif double is not None:
                yield name, re.sub(r'\\(["\\`$])', r"\1", double)
            else:
                yield name, re.sub(r"\\(.)", r"\1", bare.rstrip())


# ---- fragments


def read_fragments(root, output, say):
    suffix = re.escape(os.path.splitext(output["path"])[1])
    allowed = re.compile(f"[A-Za-z0-9_-]+(?:{suffix})?")
    paths = []
    for folder in output["from"]:
        for name in list_folder(root, folder):
            if allowed.fullmatch(name):
                paths.append(f"{folder}/{name}")
            elif not re.search(r"~$|^\.|\.(?:dpkg|ucf|venvdeb)-[a-z]+$", name):
                say(f"{folder}/{name} was left out: a fragment's name has only letters, digits, - and _")
    gone = left_behind(paths)
    texts = (read_fragment(root, path, say) for path in paths if path not in gone)
    return "".join(text if text == "" or text.endswith("\n") else f"{text}\n" for text in texts)


def list_folder(root, folder):
    try:
        names = os.listdir(os.fsencode(inside(root, folder)))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [name.decode("utf-8", "surrogateescape") for name in sorted(names)]


def read_fragment(root, path, say):
    if os.path.realpath(f"{root}{path}") == "/dev/null":
        return ""
    try:
        return read_text(inside(root, path)) or ""
    except (Refused, OSError) as problem:
        say(f"{path} was left out: {problem}")
        return ""


def left_behind(paths):
    """Fragments of packages that were removed and not purged: dpkg keeps conffiles."""
    owners = owners_of(paths)
    names = sorted({name for found in owners.values() for name in found})
    if not names:
        return set()
    states = dict(
        line.split(" ", 1) for line in query("--show", "--showformat=${Package} ${db:Status-Status}\n", *names)
    )
    return {
        path for path, found in owners.items() if found and all(states.get(name) == "config-files" for name in found)
    }


def owners_of(paths):
    """Names of the packages that dpkg knows a path of."""
    owners = {}
    for line in query("--search", *paths) if paths else []:
        names, sign, path = line.partition(": /")
        if sign and not line.startswith("diversion by "):
            owners[f"/{path}"] = {name.split(":")[0] for name in names.split(", ")}
    return owners


def query(*arguments):
    try:
        answer = subprocess.run(
            ["dpkg-query", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return []
    return answer.stdout.decode("utf-8", "surrogateescape").splitlines()


# ---- what is there, and what becomes of it


def settle(root, state, output, new, say):
    """Puts a new text in its place; whether that changed anything."""
    path, record = output["path"], f"{state}/{record_name(output['path'])}"
    place = find_place(root, path)
    base, current = read_text(record), read_text(place)
    text = choose(path, base, current, new, say)
    changed = text is not None and text is not KEEP
    if changed:
        write(root, output, place, text)
    is_deleted = text is KEEP and current is None
    if not is_deleted:
        settle_beside(root, output, f"{place}{BESIDE}", new, current if text is KEEP else text)
    # Last: without it the next run finds the output as it was made, and takes it.
    if base != new:
        write(root, NOTE, record, new)
    return changed


def settle_beside(root, output, path, new, text):
    """Ours stays beside the operator's until all of it is in there, or the operator takes it away."""
    is_there = os.path.lexists(path)
    if text == new and is_there:
        os.unlink(path)
    elif text != new and (text is None or (is_there and read_text(path) != new)):
        write(root, output, path, new)


KEEP = object()
NOTE = {"mode": "0600", "user": "root", "group": "root"}


def choose(path, base, current, new, say):
    """The output's next text, KEEP, or None where ours and the operator's do not go together."""
    if current is None:
        if base is None:
            return new
        if base != new:
            say(f"{path} was deleted by hand and stays so. To have it again: delete its note in /var/lib/venvdeb too")
        return KEEP
    if current == new or base == new:
        return KEEP
    if base is None:
        say(f"{path} was there already and stays as it is; what the package would write is in {path}{BESIDE}")
        return None
    if current == base:
        return new
    merged = merge(*(re.split(r"(?<=\n)", text) for text in (base, current, new)))
    if merged is None:
        say(
            f"{path} was edited by hand where the package changes it, so it stays as it is; "
            f"what the package would write is in {path}{BESIDE}"
        )
        return None
    text = "".join(merged)
    if text == current:
        return KEEP
    say(f"{path} was edited by hand; the package's changes were put into it, the edits are kept")
    return text


def merge(base, left, right):
    """Three-way: the lines of both sides' changes, None where they overlap or touch and differ."""
    if max(len(base), len(left), len(right)) > LONGEST_MERGE:
        return None
    sides = [changes(base, left), changes(base, right)]
    merged, position = [], 0
    while sides[0] or sides[1]:
        start = end = min(side[0][0] for side in sides if side)
        taken = [[], []]
        while any(side and side[0][0] <= end for side in sides):
            for side, mine in zip(sides, taken):
                while side and side[0][0] <= end:
                    mine.append(side.pop(0))
                    end = max(end, mine[-1][1])
        texts = [apply(base, start, end, mine) for mine in taken if mine]
        if any(text != texts[0] for text in texts):
            return None
        merged += base[position:start] + texts[0]
        position = end
    return merged + base[position:]


def changes(base, other):
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [(i, j, other[k:m]) for kind, i, j, k, m in matcher.get_opcodes() if kind != "equal"]


def apply(base, start, end, hunks):
    lines = []
    for first, last, text in hunks:
        lines += base[start:first] + text
        start = last
    return lines + base[start:end]


def drop_former(root, state, current, say):
    """Outputs of an earlier version that this one does not make any more."""
    for name in os.listdir(state):
        if not name.startswith(":") or name in current:
            continue
        path, record = name.replace(":", "/"), f"{state}/{name}"
        try:
            place = find_place(root, path)
            text = read_text(place)
            if text is not None and not owners_of([path]):
                if text != read_text(record):
                    say(f"{path} is not made by the package any more; it was edited by hand, so it stays")
                    continue
                os.unlink(place)
            if os.path.lexists(f"{place}{BESIDE}"):
                os.unlink(f"{place}{BESIDE}")
            os.unlink(record)
        except (Refused, OSError) as problem:
            say(f"{path}, which is not made any more, was left: {problem}")


# ---- files


def find_place(root, path):
    """Where an output really is: an administrator's link is followed, one of somebody else is not."""
    try:
        if stat.S_ISLNK(os.lstat(f"{root}{path}").st_mode) and os.lstat(f"{root}{path}").st_uid != os.geteuid():
            raise Refused("it is a link that root did not make")
    except FileNotFoundError:
        pass
    return inside(root, path)


def inside(root, path):
    real = os.path.realpath(f"{root}{path}")
    if root and not f"{real}/".startswith(f"{os.path.realpath(root)}/"):
        raise Refused(f"{path} leads out of {root}")
    return real


def read_text(path):
    """None where there is no file. Bytes that are no UTF-8 come through unchanged."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        facts = os.fstat(file)
        if not stat.S_ISREG(facts.st_mode):
            raise Refused(f"{path} is no file")
        if facts.st_size > LARGEST_FILE:
            raise Refused(f"{path} is larger than {LARGEST_FILE >> 20} MiB")
        with os.fdopen(os.dup(file), "rb") as stream:
            return stream.read(LARGEST_FILE + 1).decode("utf-8", "surrogateescape")
    finally:
        os.close(file)


def write(root, output, path, text):
    """By rename, so that nobody sees half a file. What is there keeps its owner and mode."""
    try:
        facts = os.stat(path)
        user, group, mode = facts.st_uid, facts.st_gid, stat.S_IMODE(facts.st_mode)
    except FileNotFoundError:
        user, group = find_owner(root, output["user"], output["group"])
        mode = int(output["mode"], 8)
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    temporary = f"{folder}/.{os.path.basename(path)}.venvdeb-tmp"
    if os.path.lexists(temporary):
        os.unlink(temporary)
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(text.encode("utf-8", "surrogateescape"))
            stream.flush()
            if (user, group) != (os.geteuid(), os.getegid()):
                os.fchown(stream.fileno(), user, group)
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def find_owner(root, user, group):
    if (user, group) == ("root", "root"):
        return 0, 0
    try:
        if root:
            return lookup(f"{root}/etc/passwd", user), lookup(f"{root}/etc/group", group)
        return pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid
    except KeyError:
        raise Refused(f"there is no user {user} or no group {group}") from None


def lookup(database, name):
    for line in (read_text(database) or "").split("\n"):
        fields = line.split(":")
        if fields[0] == name and len(fields) > 2:
            return int(fields[2])
    raise KeyError(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
