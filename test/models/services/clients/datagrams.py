"""Clients over datagrams: open-port, heartbeat, peer, multicast, datagram-chat, rendezvous."""
import re
import socket
import time

from part import Wrong, client


@client("open-port")
def open_port(part):
    s = part.datagrams()
    for _ in range(3):
        s.sendto(part.ask().encode(), (part.host, part.port))
        data, sender = s.recvfrom(1024)
        if sender != (part.host, part.port):
            raise Wrong(f"an answer of {sender}")
        part.show(data.decode())


@client("heartbeat")
def heartbeat(part):
    s = part.datagrams()
    s.sendto(part.ask().encode(), (part.host, part.port))
    before = 0
    for _ in range(part.options.get("beats", 2)):
        text = s.recvfrom(1024)[0].decode()
        # The clock of this machine: seconds, neither milliseconds nor a date.
        if not re.fullmatch(r"[1-9][0-9]*", text) or abs(int(text) - time.time()) > 3600:
            raise Wrong(f"the time {text!r}")
        if int(text) < before:
            raise Wrong(f"{text} after {before}")
        before = int(text)
        part.show("beat")


@client("peer")
def peer(part):
    """
    Sends and reads at one socket, or with `apart` at two; the other side is the one that it was given, or the sender of the last
    datagram.
    """
    receiving = part.bound()
    part.listening(receiving.getsockname()[1])
    sending = part.seen(part.bound() if part.options.get("apart") else receiving)
    known = [(part.host, part.port)] if part.port else []

    def read():
        while True:
            data, sender = receiving.recvfrom(1024)
            if not part.port:
                known[:] = [sender]
            part.show(data.decode())
    part.thread(read)
    try:
        while True:
            sending.sendto(part.ask().encode(), known[0])
    except EOFError:
        receiving.close()


@client("multicast")
def multicast(part):
    group, interface = part.options["group"], socket.inet_aton("127.0.0.1")
    receiving = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiving.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    receiving.bind((group, part.port))
    place = receiving.getsockname()
    receiving.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + interface)
    part.listening(place[1])
    sending = part.datagrams()
    sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
    sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)

    def read():
        while True:
            data, sender = receiving.recvfrom(1024)
            if sender != sending.getsockname():
                part.show(data.decode())
    part.thread(read)
    try:
        while True:
            sending.sendto(part.ask().encode(), place)
    except EOFError:
        receiving.close()


@client("datagram-chat")
def datagram_chat(part):
    s = part.datagrams()
    server = (part.host, part.port)
    name = part.ask("Name: ")

    def read():
        while True:
            part.show(s.recvfrom(1024)[0].decode())
    s.sendto(f"[{name}] => join chat ".encode(), server)
    part.thread(read)
    try:
        while True:
            s.sendto(f"[{name}] :: {part.ask()}".encode(), server)
    except EOFError:
        s.sendto(f"[{name}] <= left chat ".encode(), server)
        s.close()


@client("rendezvous")
def rendezvous(part):
    s = part.datagrams()
    server = (part.host, part.port)
    s.sendto(f"meet {part.ask('Word: ')}".ljust(64).encode(), server)
    while True:
        data, sender = s.recvfrom(1024)
        if sender != server:
            raise Wrong(f"{data!r} of {sender} before the server named it")
        if len(data) > 64:
            raise Wrong(f"an answer of {len(data)} bytes")
        found = re.fullmatch(r"peer ([0-9.]+):([0-9]+)", data.decode().rstrip(" "))
        if found:
            break
        part.show(data.decode().rstrip(" "))
    other = (found[1], int(found[2]))
    part.show("peer")
    message = part.ask()
    s.sendto(message.encode(), other)
    while True:
        data, sender = s.recvfrom(1024)
        if sender == other:
            return part.show(data.decode())
