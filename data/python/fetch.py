"""Fetches one file over HTTP(S) with the standard library: proxies, netrc and certificates as everywhere else.

Standard input: {"url", "path", "username", "password", "cafile", "clientCertificate", "insecure", "keyring"}.
Credentials come in by standard input, so they are never in an argument. Prints {"sha256": "..."}.
Exit code 3: the server wants (other) credentials; 1: anything else, said in one line.
"""

import base64
import hashlib
import json
import netrc
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ATTEMPTS = 4


class SameHostAuthorization(urllib.request.HTTPRedirectHandler):
    """Credentials stay with the host that they were given for."""

    def redirect_request(self, request, fp, code, message, headers, location):
        following = super().redirect_request(request, fp, code, message, headers, location)
        if following is not None and origin(following.full_url) != origin(request.full_url):
            following.headers.pop("Authorization", None)
            following.unredirected_hdrs.pop("Authorization", None)
        return following


def origin(url):
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def credentials(request, host, url):
    if request.get("username"):
        return request["username"], request.get("password") or ""
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except (OSError, netrc.NetrcParseError):
        found = None
    if found:
        return found[0] or "", found[2] or ""
    program = shutil.which("keyring") if request.get("keyring") else None
    if program:
        answer = subprocess.run([program, "get", url, "oauth2accesstoken"], stdin=subprocess.DEVNULL, capture_output=True)
        if answer.returncode == 0:
            return "oauth2accesstoken", answer.stdout.decode().strip()
    return None


def opener(request):
    if request.get("insecure"):
        context = ssl._create_unverified_context()
    else:
        context = ssl.create_default_context(cafile=request.get("cafile") or None)
    if request.get("clientCertificate"):
        context.load_cert_chain(request["clientCertificate"])
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), SameHostAuthorization())


def fetch(request):
    parts = urllib.parse.urlsplit(request["url"])
    plain = urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    message = urllib.request.Request(plain, headers={"Accept-Encoding": "identity", "User-Agent": "venvdeb"})
    known = credentials(request, parts.hostname, plain)
    if known:
        token = base64.b64encode("{}:{}".format(*known).encode()).decode()
        message.add_unredirected_header("Authorization", "Basic " + token)
    digest = hashlib.sha256()
    with opener(request).open(message, timeout=60) as answer, open(request["path"], "wb") as target:
        for block in iter(lambda: answer.read(1 << 20), b""):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


def main():
    request = json.load(sys.stdin)
    for attempt in range(ATTEMPTS):
        try:
            print(json.dumps({"sha256": fetch(request)}))
            return
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                print("the server answers {}".format(error.code), file=sys.stderr)
                sys.exit(3)
            problem, again = "the server answers {}".format(error.code), error.code >= 500
        except (OSError, ValueError) as error:
            problem, again = str(error), not isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError)
        if not again or attempt == ATTEMPTS - 1:
            print(problem, file=sys.stderr)
            sys.exit(1)
        time.sleep(0.5 * 2**attempt)


main()
