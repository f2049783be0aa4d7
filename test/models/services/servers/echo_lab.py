"""Servers of the echo lab: echo, identify, authenticate, padded."""
import re
import secrets

from header import Header
from part import server


@server("echo")
def echo(part):
    def serve(s):
        while (data := part.recv(s)) != b"" and not re.fullmatch(rb"exit(\r?\n)?", data):
            s.sendall(data)
        s.close()
    part.each_client(part.listen(), serve)


@server("identify")
def identify(part):
    names = {}

    def serve(s):
        host = s.getpeername()[0]
        if host in names:
            s.sendall(f"Hello, {names[host]}".encode())
        else:
            s.sendall(b"Who are you?")
            names[host] = part.recv(s).decode().strip()
        s.close()
    part.each_client(part.listen(), serve)


@server("authenticate")
def authenticate(part):
    passwords = {"ala": "a pigeon flies"}
    tokens = {}

    def answer(s):
        s.sendall(b"Name: ")
        name = part.recv(s).decode().strip()
        if name.startswith("token "):
            owner = tokens.get(name.removeprefix("token "))
            return "Wrong name or password" if owner is None else f"Welcome, {owner}."
        s.sendall(b"Password: ")
        password = part.recv(s).decode().strip()
        if passwords.get(name) != password:
            return "Wrong name or password"
        token = secrets.token_hex(16)
        tokens[token] = name
        return f"Welcome, {name}. Token: {token}"

    def serve(s):
        s.sendall(answer(s).encode())
        s.close()
    part.each_client(part.listen(), serve)


@server("padded")
def padded(part):
    """Echo, with a header of fixed length in both directions."""
    header = Header(part.options)

    def serve(s):
        stream = s.makefile("rb")
        while (message := header.read(stream)) is not None:
            part.received(s.getpeername(), message)
            # In two writes, in the middle of the header: a header is no read.
            answer = header.of(message) + message
            s.sendall(answer[:3])
            s.sendall(answer[3:])
        s.close()
    part.each_client(part.listen(), serve)
