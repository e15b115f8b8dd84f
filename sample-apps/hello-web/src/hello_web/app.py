"""The WSGI application that gunicorn serves."""

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/")
def greet_world() -> str:
    return "Hello, world!\n"


@app.get("/hello/<name>")
def greet(name: str):
    return jsonify(greeting=f"Hello, {name}!")
