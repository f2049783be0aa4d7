"""The client of two linked servers: a header before each message, and the bare texts of all as they come."""
import socket

from header import Header
from part import client


@client("linked")
def linked(part):
    s = part.connect()
    header = Header({"width": 64})

    def read():
        while data := s.recv(2048):
            part.show(data.decode())
    part.thread(read)

    def say(text):
        message = (text + part.ending).encode()
        s.sendall(header.of(message) + message)
    try:
        while True:
            say(part.ask())
    except EOFError:
        say("DISCONNECT")
        s.shutdown(socket.SHUT_WR)
