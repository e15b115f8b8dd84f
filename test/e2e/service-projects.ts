/** A program that serves its version, its process and how often it was told to reload; files of the machine make it fail. */
const program = (version: string) => `#!/usr/bin/python3.11
import os, sys

# Before the imports, which take as long on a busy machine as the installation looks after a start.
if os.path.exists("/etc/tiny-broken"):
    sys.exit("broken on purpose")

import http.server, signal, socket, socketserver

reloads = 0

def reload(*_):
    global reloads
    reloads += 1

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        sick = os.path.exists("/etc/tiny-sick")
        body = f"${version} {os.getpid()} {reloads}".encode()
        self.send_response(503 if sick else 200)
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "-"

signal.signal(signal.SIGHUP, reload)
if os.environ.get("LISTEN_FDS") == "1":
    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): pass
    server = Server("", Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=3)
else:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("serves ${version}", os.environ.get("GREETING", ""), flush=True)
server.serve_forever()
`;

const identity = (name: string, version: string) => `
name = "${name}"
version = "${version}"
maintainer = "Tiny Team <tiny@example.org>"
description = "Serves its version"

[files]
"/usr/lib/${name}/serve" = { source = "serve.py", mode = "0755" }
`;

/** One service for each thing that an upgrade may do, two instances, and one behind a socket. */
export function tinyServices(version: string): Readonly<Record<string, string>> {
  return {
    "requirements.txt": "",
    "serve.py": program(version),
    "venvdeb.toml": `${identity("tiny", version)}
[scripts]
preinst = '''
echo "$1" tiny-stop=$(systemctl is-active tiny-stop) tiny-leave=$(systemctl is-active tiny-leave) >>/var/tmp/preinst
'''

[service.tiny-restart]
command = "/usr/lib/tiny/serve 18101"
limits = { nofile = 4321 }
stop-signal = "SIGINT"
health = { http = "http://127.0.0.1:18101/health", timeout = "10s" }

[service.tiny-reload]
command = "/usr/lib/tiny/serve 18102"
on-upgrade = "reload"

[service.tiny-stop]
command = "/usr/lib/tiny/serve 18103"
on-upgrade = "stop"

[service.tiny-leave]
command = "/usr/lib/tiny/serve 18104"
on-upgrade = "leave"

[service.tiny-many]
command = "/usr/lib/tiny/serve 1811{instance}"
instances = ["1", "2"]
health = { command = ["/bin/sh", "-c", "exec 3<>/dev/null; test -e /proc/self"] }

[service.tiny-socket]
command = "/usr/lib/tiny/serve"
sockets = ["/run/tiny.sock"]
health = { socket = "/run/tiny.sock", timeout = "5s" }
`,
  };
}

/** One service that must run, for both init systems. */
export function strictService(version: string): Readonly<Record<string, string>> {
  return {
    "requirements.txt": "",
    "serve.py": program(version),
    "venvdeb.toml": `${identity("strict", version)}
[service.strict]
command = "/usr/lib/strict/serve 18120"
init = ["systemd", "sysv"]
on-start-failure = "fail"
environment = { GREETING = "it's 100% \\"well\\"" }
state-directory = "strict"
limits = { nofile = 4321 }
health = { http = "http://127.0.0.1:18120/", timeout = "3s" }
`,
  };
}
