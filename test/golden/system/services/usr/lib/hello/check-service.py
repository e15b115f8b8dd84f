"""Asks a service of the package hello whether it works, until it does or the time is over. Made by venvdeb.

usage: check-service.py SECONDS (http URL | socket PATH | command PROGRAM ARGUMENT...)
Ends with 0, or prints what is wrong in one line and ends with 1.
"""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request


def check_http(timeout, url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout):
            return None
    except urllib.error.HTTPError as error:
        return f"{url} answered {error.code} {error.reason}"
    except urllib.error.URLError as error:
        return f"{url} does not answer: {plain(error.reason)}"
    except (OSError, ValueError, EOFError) as error:
        return f"{url} does not answer: {plain(error)}"


def check_socket(timeout, path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(path)
            return None
        except OSError as error:
            return f"{path} takes no connection: {plain(error)}"


def check_command(timeout, *command):
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not end in time"
    except OSError as error:
        return f"{command[0]} cannot be run: {plain(error)}"
    if result.returncode == 0:
        return None
    last = ([""] + [line for line in result.stdout.splitlines() if line.strip()])[-1].strip()
    said = f" and said: {last[:300]}" if last else ""
    return f"{command[0]} ended with {result.returncode}{said}"


def plain(error):
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def main(seconds, kind, *what):
    check = {"http": check_http, "socket": check_socket, "command": check_command}[kind]
    end = time.monotonic() + float(seconds)
    while True:
        problem = check(max(end - time.monotonic(), 0.1), *what)
        if problem is None:
            return 0
        if time.monotonic() + 0.5 >= end:
            # One line of printable text: it ends up on an administrator's terminal.
            text = "".join(character if character.isprintable() else " " for character in problem)
            print(f"{text} (asked for {seconds} s)")
            return 1
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
