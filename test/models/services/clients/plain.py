"""Clients that send what is typed as it is, for cutting messages anywhere; and scripts of a page."""
import socket

from part import Wrong, client


@client("plain")
def plain(part):
    """Prints what it reads. With `cut`, each byte behind the first typed lines, so many, is a read of its own."""
    s = part.connect()
    whole = part.options.get("whole", 0)

    def read():
        while data := s.recv(1024):
            part.show(data.decode())
        part.show("(end)")
    reader = part.thread(read)
    try:
        while True:
            data = part.ask().encode()
            if "witness" in part.options and whole <= 0:
                cut(part, s, data)
            else:
                s.sendall(data)
            whole -= 1
    except EOFError:
        s.shutdown(socket.SHUT_WR)
        reader.join()


def cut(part, s, data):
    """
    Sends the bytes one after another, each when the one before has been read: an echo of the same process, at the port of the witness,
    has then answered what was sent to it later.
    """
    witness = part.connect(part.options["witness"])
    for byte in data:
        s.sendall(bytes([byte]))
        witness.sendall(b"?")
        if witness.recv(1) != b"?":
            raise Wrong("the witness is no echo")
    witness.close()


@client("plain-datagrams")
def plain_datagrams(part):
    """Sends a datagram for each line, and prints those of the server."""
    s = part.datagrams()
    server = (part.host, part.port)

    def read():
        while True:
            data, sender = s.recvfrom(1024)
            if sender != server:
                raise Wrong(f"a datagram of {sender}")
            part.show(data.decode())
    part.thread(read)
    try:
        while True:
            s.sendto(part.ask().encode(), server)
    except EOFError:
        s.close()


@client("script")
def script(part):
    """A script of the documentation; what it prints is shown."""
    exec(part.options["code"], {"print": lambda *words: part.show(" ".join(map(str, words)))})
