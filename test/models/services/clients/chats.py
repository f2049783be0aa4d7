"""Clients that read and write at the same time: letstalk, bingo."""
import hashlib
import hmac
import re
import socket
import struct

from part import Wrong, client


def reading(part, s):
    """A thread that prints what the server says, as it comes."""
    def read():
        while data := s.recv(1024):
            for line in data.decode().split("\n"):
                if line != "":
                    part.show(line)
    return part.thread(read)


@client("letstalk")
def letstalk(part):
    s = part.connect()
    # The texts of the server end in a newline once this client ends its messages by one. Others may come as one read.
    reading(part, s)
    part.say(s, part.ask("Name: "))
    try:
        while True:
            part.say(s, part.ask())
    except EOFError:
        # While the other thread reads, closing alone would send nothing.
        s.shutdown(socket.SHUT_RDWR)


NUMBERS = 47


def draw_of(secret, number):
    """The draw of a round, as the description of the service has it."""
    drawn, counter = set(), 0
    while len(drawn) < 5:
        block = hmac.new(secret, struct.pack(">QQ", number, counter), hashlib.sha256).digest()
        counter += 1
        value = struct.unpack(">I", block[:4])[0]
        if value < 2**32 - 2**32 % NUMBERS:
            drawn.add(value % NUMBERS + 1)
    return sorted(drawn)


def check(text, ticket):
    """Checks the first draw of a ticket, if it is complete. Texts of the server may have no newline between them."""
    secret = re.search(r"round (\d+) secret ([0-9a-f]{64})", text)
    if secret is None:
        return False
    number, key = int(secret[1]), bytes.fromhex(secret[2])
    promised = re.search(rf"round {number} sha256 ([0-9a-f]{{64}})", text)
    if promised is None or promised.start() > secret.start():
        raise Wrong("no promise before the draw")
    if hashlib.sha256(key).hexdigest() != promised[1]:
        raise Wrong("another secret than the promised one")
    drawn = re.search(r"drawn ((?:\d+ ){4}\d+)", text)
    numbers = [int(one) for one in drawn[1].split(" ")]
    if numbers != draw_of(key, number):
        raise Wrong(f"{numbers} was drawn by hand")
    hits = [one for one in numbers if one in ticket]
    said = "BINGO" if len(hits) == 5 else f"you hit {len(hits)}" + (f": {' '.join(map(str, hits))}" if hits else "")
    if not re.search(re.escape(said) + r"(?![\d:])", text):
        raise Wrong(f"not {said!r} in {text!r}")
    return True


@client("bingo")
def bingo(part):
    """Prints what it reads, and checks the first draw."""
    s = part.connect()
    ticket = set()

    def read():
        text, is_checked = "", False
        while data := s.recv(1024):
            text += data.decode()
            part.show(data.decode())
            if not is_checked and ticket and check(text, ticket):
                is_checked = True
                part.show("fair")
    part.thread(read)
    try:
        while True:
            numbers = part.ask("Numbers: ")
            ticket.update(int(one) for one in re.findall(r"\d+", numbers))
            part.say(s, numbers)
    except EOFError:
        s.shutdown(socket.SHUT_RDWR)
