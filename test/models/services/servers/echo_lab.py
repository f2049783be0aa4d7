"""Servers of the echo lab: echo, identify, padded."""
import re

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
    """Echo, with a header of fixed length in both directions: the number of bytes in decimal, spaces behind."""
    width = part.options.get("width", 64)

    def exactly(stream, size):
        data = stream.read(size)
        if len(data) != size:
            raise ConnectionError
        return data

    def serve(s):
        stream = s.makefile("rb")
        while header := stream.read(width):
            if not re.fullmatch(rb"[0-9]{1,7} *", header) or len(header) != width:
                raise ValueError(f"the header {header!r}")
            data = exactly(stream, int(header))
            part.received(s.getpeername(), data)
            answer = str(len(data)).encode().ljust(width) + data
            # In two writes, in the middle of the header: a header is no read.
            s.sendall(answer[:3])
            s.sendall(answer[3:])
        s.close()
    part.each_client(part.listen(), serve)
