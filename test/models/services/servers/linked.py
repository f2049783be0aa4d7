"""One of two linked servers: it keeps the last text and drops a repeat; to the other server it is a client."""
import threading

from header import Header
from part import server


@server("linked")
def linked(part):
    """The operator types the port of the other server once it listens."""
    header = Header({"width": 64})
    lock = threading.RLock()
    clients, links = [], []
    last = None

    def take(message):
        nonlocal last
        with lock:
            if message == last:
                return
            last = message
            for one in clients:
                try:
                    one.sendall(message)
                except OSError:
                    pass
            for link in links:
                try:
                    link.sendall(header.of(message) + message)
                except OSError:
                    pass

    def serve(s):
        with lock:
            clients.append(part.owned(s))
            part.show(f"[Active Connections] {len(clients)}")
        peer = s.getpeername()
        stream = s.makefile("rb")
        try:
            while (message := header.read(stream)) is not None and message not in (b"DISCONNECT", b"!DISCONNECT"):
                part.received(peer, message)
                take(message)
        finally:
            with lock:
                clients.remove(s)
            s.close()

    def drain(link):
        """What the other server sends to its clients is not shown here."""
        while link.recv(2048):
            pass
        links.remove(link)

    part.thread(part.each_client, part.owned(part.listen()), serve)
    while True:
        link = part.connect(int(part.ask()))
        part.owned(link)
        with lock:
            links.append(link)
        part.thread(drain, link)
        part.show("linked")
