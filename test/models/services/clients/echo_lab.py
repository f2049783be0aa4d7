"""Clients of the echo lab: echo, identify, authenticate, and an echo whose messages have a header of fixed length."""
import socket

from header import Header
from part import Wrong, client

from .plain import cut


@client("echo")
def echo(part):
    s = part.connect()
    part.show("connected")
    try:
        while True:
            message = part.ask("Message: ")
            data = bytes.fromhex(message[4:]) if message.startswith("hex:") else (message + part.ending).encode()
            s.sendall(data)
            if message == "exit":
                break
            # TCP may deliver the answer in parts.
            read = b""
            while len(read) < len(data):
                more = s.recv(1024)
                if more == b"":
                    raise Wrong(f"the server has ended after {len(read)} of {len(data)} bytes")
                read += more
            if read != data:
                raise Wrong(f"{read!r} came back for {data!r}")
            part.show(message)
    except EOFError:
        # A half-close: the rest comes, then the end.
        rest = part.options.get("rest", "")
        s.sendall(rest.encode())
        s.shutdown(socket.SHUT_WR)
        read = b""
        while data := s.recv(1024):
            read += data
        if read.decode() != rest:
            raise Wrong(f"{read!r} came back for {rest!r}")
        return part.show("disconnected")
    part.end_of(s)
    part.show("disconnected")


@client("identify")
def identify(part):
    s = part.connect()
    text = part.text(s.recv(1024))
    part.show(text)
    if text == "Who are you?":
        part.say(s, part.ask("Name: "))
        answer = s.recv(1024)
        if answer != b"":
            part.show(part.text(answer))


@client("authenticate")
def authenticate(part):
    s = part.connect()
    if part.text(s.recv(1024)) != "Name: ":
        raise Wrong("the server does not ask for the name")
    first = part.ask("Name: ")
    part.say(s, first)
    if not first.startswith("token "):
        if part.text(s.recv(1024)) != "Password: ":
            raise Wrong("the server does not ask for the password")
        part.say(s, part.ask("Password: "))
    answer = part.text(s.recv(1024))
    if not answer.startswith("Welcome, ") and answer != "Wrong name or password":
        raise Wrong(f"{answer!r} is no answer")
    part.show(answer)


@client("padded")
def padded(part):
    """
    The line `one|two` is two messages in one segment; what comes back is shown, and `exit` ends. With `witness`, each byte is a read
    of its own.
    """
    header = Header(part.options)
    s = part.connect()
    stream = s.makefile("rb")
    try:
        while True:
            messages = [text.encode() for text in part.ask().split("|")]
            data = b"".join(header.of(message) + message for message in messages)
            if "witness" in part.options:
                cut(part, s, data)
            else:
                s.sendall(data)
            for message in messages:
                answer = header.read(stream)
                if message == b"exit" and answer is None:
                    return
                if answer != message:
                    raise Wrong(f"{answer!r} came back for {message!r}")
                part.show(answer.decode())
    except EOFError:
        s.shutdown(socket.SHUT_WR)
        if header.read(stream) is not None:
            raise Wrong("a message after the last answer")
