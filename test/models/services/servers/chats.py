"""Servers that send to all: letstalk, bingo."""
import re
import threading

from part import server


@server("letstalk")
def letstalk(part):
    names = {}
    lock = threading.RLock()

    def tell(text, but=None):
        with lock:
            for one in names:
                if one is not but:
                    one.sendall(text.encode())

    def serve(s):
        while True:
            name = part.recv(s).decode().strip()
            with lock:
                if name != "" and name not in names.values():
                    names[s] = name
                    break
            s.sendall(b"Another name, please")
        tell(f"User {name} has entered room", s)
        try:
            while text := part.recv(s).decode().rstrip("\r\n"):
                tell(f"{name}: {text}")
        finally:
            with lock:
                del names[s]
            s.close()
            tell(f"User {name} has left room")
    part.each_client(part.listen(), serve)


@server("bingo")
def bingo(part):
    """Draws when all of the awaited tickets are there: tests do not wait for a minute."""
    tickets = {}
    lock = threading.Lock()
    drawn = part.options.get("draw", [3, 9, 14, 40, 41])

    def serve(s):
        while data := part.recv(s):
            numbers = {int(text) for text in re.findall(r"\d+", data.decode())}
            if len(numbers) != 5 or not all(1 <= number <= 47 for number in numbers):
                s.sendall(b"Five different numbers of 1 to 47, please\n")
                continue
            with lock:
                tickets[s] = numbers
                if len(tickets) < part.options.get("tickets", 1):
                    continue
                for one, ticket in tickets.items():
                    hits = sorted(ticket & set(drawn))
                    one.sendall(f"drawn {' '.join(map(str, drawn))}\n".encode())
                    said = "BINGO" if len(hits) == 5 else f"you hit {len(hits)}: {' '.join(map(str, hits))}"
                    one.sendall(f"{said}\n".encode())
                tickets.clear()
        s.close()
    part.each_client(part.listen(), serve)
