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


ROUND = re.compile(r"drawn ((?:\d+ ){4}\d+)((?:(?!drawn ).)*?)round (\d+) secret ([0-9a-f]{64})", re.DOTALL)


def check(text, ticket):
    """
    Checks the draws so far. Returns whether the ticket was in one of them: it may have come after a draw. Texts of the server may have
    no newline between them.
    """
    is_in = False
    for found in ROUND.finditer(text):
        numbers, said = [int(one) for one in found[1].split(" ")], found[2]
        number, key = int(found[3]), bytes.fromhex(found[4])
        promised = re.search(rf"round {number} sha256 ([0-9a-f]{{64}})", text)
        if promised is None or promised.start() > found.start():
            raise Wrong("no promise before the draw")
        if hashlib.sha256(key).hexdigest() != promised[1]:
            raise Wrong("another secret than the promised one")
        if numbers != draw_of(key, number):
            raise Wrong(f"{numbers} was drawn by hand")
        if re.search("you hit|BINGO", said) is None:
            continue
        is_in = True
        hits = [one for one in numbers if one in ticket]
        right = "BINGO" if len(hits) == 5 else f"you hit {len(hits)}" + (f": {' '.join(map(str, hits))}" if hits else "")
        if said.strip() != right:
            raise Wrong(f"{said!r}, not {right!r}")
    return is_in


@client("bingo")
def bingo(part):
    """Prints what it reads, and checks the draws until its ticket was in one."""
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
            ticket.clear()
            ticket.update(int(one) for one in re.findall(r"\d+", numbers))
            part.say(s, numbers)
    except EOFError:
        s.shutdown(socket.SHUT_RDWR)
