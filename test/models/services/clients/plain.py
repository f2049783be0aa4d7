"""A client that sends what is typed, byte for byte, and prints what it reads, for cutting messages anywhere; and scripts of a page."""
import socket

from part import client


@client("plain")
def plain(part):
    s = part.connect()
    # Each byte is a segment of its own.
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read():
        while data := s.recv(1024):
            part.show(data.decode())
        part.show("(end)")
    reader = part.thread(read)
    try:
        while True:
            data = part.ask().encode()
            for piece in [bytes([byte]) for byte in data] if part.options.get("cut") else [data]:
                s.sendall(piece)
    except EOFError:
        s.shutdown(socket.SHUT_WR)
        reader.join()


@client("script")
def script(part):
    """A script of the documentation; what it prints is shown."""
    exec(part.options["code"], {"print": lambda *words: part.show(" ".join(map(str, words)))})
