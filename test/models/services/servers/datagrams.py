"""Servers over datagrams: open-port, heartbeat, datagram-chat, rendezvous, sink. Of peer and multicast there are no servers."""
import re
import threading
import time

from part import server


@server("open-port")
def open_port(part):
    s = part.listen_datagrams()
    while True:
        first = None
        for answer in (b"Hello from me also", b"Hello from me also", b"Woow..we speak on the edge"):
            while True:
                _, sender = part.recvfrom(s)
                first = first or sender
                if sender == first:
                    break
            s.sendto(answer, first)


@server("heartbeat")
def heartbeat(part):
    """Its period is that of the tests."""
    s = part.listen_datagrams()
    _, first = part.recvfrom(s)

    def read():
        while True:
            part.recvfrom(s)
    part.thread(read)
    pause = threading.Event()
    while True:
        s.sendto(str(int(time.time())).encode(), first)
        pause.wait(0.2)


@server("datagram-chat")
def datagram_chat(part):
    s = part.listen_datagrams()
    known = []
    while True:
        data, sender = part.recvfrom(s)
        if sender not in known:
            known.append(sender)
        for one in known:
            if one != sender:
                s.sendto(data, one)
        if re.match(r"\[.*\] <= left chat", data.decode()):
            known.remove(sender)


@server("rendezvous")
def rendezvous(part):
    s = part.listen_datagrams()
    waiting = {}
    while True:
        data, sender = part.recvfrom(s)
        met = re.fullmatch(r"meet (\S{1,16}) *", data.decode())
        if met is None or len(data) != 64:
            continue
        other = waiting.get(met[1], sender)
        if other == sender:
            waiting[met[1]] = sender
            s.sendto(b"wait", sender)
            continue
        del waiting[met[1]]
        s.sendto("peer {}:{}".format(*sender).encode(), other)
        s.sendto("peer {}:{}".format(*other).encode(), sender)


@server("sink-udp")
def sink(part):
    s = part.listen_datagrams()
    while True:
        part.recvfrom(s)
