"""Clients that read and write at the same time: letstalk, bingo."""
import socket

from part import client


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


@client("bingo")
def bingo(part):
    s = part.connect()
    reading(part, s)
    try:
        while True:
            part.say(s, part.ask("Numbers: "))
    except EOFError:
        # While the other thread reads, closing alone would send nothing.
        s.shutdown(socket.SHUT_RDWR)
