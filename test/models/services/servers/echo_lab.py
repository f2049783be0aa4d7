"""Servers of the echo lab: echo, identify, padded."""
import re

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
