"""A service from before systemd: started, stopped and asked for its status by a script in /etc/init.d."""

import os

from bottle import Bottle

app = Bottle()
visitors = 0


@app.get("/")
def count():
    global visitors
    visitors += 1
    return {"visitors": visitors, "greeting": os.environ.get("GREETING", "welcome")}


def main():
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8003")), quiet=True)
