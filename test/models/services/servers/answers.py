"""Servers that are asked once and answer: hello, calculator, guess, paper-stone-scissors, sum, total, hello-http, sink."""
import re
import socket
import threading
from decimal import Decimal, localcontext

from part import server

lock = threading.Lock()


def one_after_another(part, serve):
    """Serves a client, then the next: a client that dies in the middle ends nothing else."""
    s = part.listen()
    while True:
        connection, _ = s.accept()
        connection.settimeout(100)
        try:
            serve(connection)
        except OSError:
            pass
        finally:
            connection.close()


@server("hello")
def hello(part):
    def serve(s):
        s.sendall(b"Hello and welcome")
        if part.recv(s):
            s.sendall(b"Thank you")
    one_after_another(part, serve)


@server("calculator")
def calculator(part):
    def number(s, prompt):
        asked = prompt
        while True:
            s.sendall(asked)
            text = part.recv(s).decode().strip()
            if re.fullmatch(r"-?\d+(\.\d+)?", text):
                return Decimal(text)
            if text == "":
                raise ConnectionError
            asked = b"That is no number\n" + prompt

    def serve(s):
        one, other = number(s, b"Enter number 1: "), number(s, b"Enter number 2: ")
        with localcontext() as context:
            context.prec = 1000
            s.sendall(str(one + other).encode())
    one_after_another(part, serve)


@server("guess")
def guess(part):
    secret = part.options.get("secret", 4)

    def serve(s):
        if part.options.get("prompt"):
            s.sendall(b"Enter number: ")
        while text := part.recv(s).decode().strip():
            if text not in ("1", "2", "3", "4", "5"):
                s.sendall(b"A number of 1 to 5, please")
                continue
            typed = int(text)
            s.sendall(
                b"Nice! I guessed that number" if typed == secret
                else f"Wrong! I guessed {secret} and you typed {typed}".encode()
            )
            return
    one_after_another(part, serve)


OBJECTS = ["Paper", "Stone", "Scissors"]


@server("paper-stone-scissors")
def paper_stone_scissors(part):
    def selected(s):
        text = part.recv(s).decode().strip()
        if text == "":
            raise ConnectionError
        return OBJECTS[int(text) - 1] if text in "123" else text.capitalize()

    def answer(s, theirs, mine):
        # Each wins against the next one, in a circle.
        result = ["Nobody won", "You won", "I won"][(OBJECTS.index(mine) - OBJECTS.index(theirs)) % 3]
        s.sendall(f"You selected {theirs}\nI select {mine}\n{result}".encode())

    def serve(s):
        answer(s, selected(s), part.options.get("selects", "Stone"))

    def pairs():
        """Two clients play against each other; then the next two."""
        s = part.listen()
        while True:
            (one, _), (other, _) = s.accept(), s.accept()
            first, second = selected(one), selected(other)
            for player, theirs, mine in ((one, first, second), (other, second, first)):
                answer(player, theirs, mine)
                player.close()
    if part.options.get("players") == 2:
        pairs()
    else:
        one_after_another(part, serve)


@server("sum")
def sum_of_numbers(part):
    def serve(s):
        numbers = []
        while (text := part.recv(s).decode().strip()) not in ("", "#"):
            numbers.append(int(text))
        s.sendall(str(sum(numbers)).encode())
        s.close()
    part.each_client(part.listen(), serve)


def finish(s):
    """Ends this direction and reads what still comes: a reset would discard the answer."""
    s.shutdown(socket.SHUT_WR)
    while s.recv(1024):
        pass
    s.close()


@server("total")
def total(part):
    count = 0

    def serve(s):
        nonlocal count
        if not part.recv(s):
            return s.close()
        with lock:
            count += 1
            s.sendall(f"HTTP/1.1 200 OK\r\n\r\nTotal {count}".encode())
        finish(s)
    part.each_client(part.listen(), serve)


@server("hello-http")
def hello_http(part):
    def serve(s):
        if part.recv(s):
            s.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello world")
        finish(s)
    part.each_client(part.listen(), serve)


@server("sink")
def sink(part):
    def serve(s):
        while part.recv(s):
            pass
        s.close()
    part.each_client(part.listen(), serve)
