"""Clients of palindromes and of words."""
import socket

from part import Wrong, client


@client("palindrome")
def palindrome(part):
    """Asks only whether anything stands before the newline."""
    s = part.connect()
    rest = b""
    try:
        while True:
            text = part.ask("Text: ")
            part.say(s, text)
            if text == "" and part.ending != "":
                return part.end_of(s)
            while b"\n" not in rest:
                data = s.recv(1024)
                if data == b"":
                    raise Wrong("no answer")
                rest += data
            answer, rest = rest.split(b"\n", 1)
            if answer not in (b"", b"\0", b"1") or rest != b"":
                raise Wrong(f"the answer {answer + rest!r}")
            if (answer == b"1") != (part.options.get("answers") == "1") and answer != b"":
                raise Wrong(f"the byte {answer!r}")
            part.show("yes" if len(answer) > 0 else "no")
    except EOFError:
        s.shutdown(socket.SHUT_WR)
        part.end_of(s)


@client("words")
def words(part):
    """Says its name, then moves when it is its turn; any other line of the server is printed as it is."""
    s = part.connect()
    s.sendall((part.ask("Name: ") + "\r\n").encode())
    for line in s.makefile(encoding="utf-8", newline="\n"):
        line = line.rstrip("\r\n")
        if line == "/turn":
            move = part.ask("Your move: ")
            s.sendall((move + "\r\n").encode())
        elif line == "/quit":
            part.show("(quit)")
            return
        elif line.startswith("/"):
            raise Wrong(f"the command {line!r}")
        else:
            part.show(line)
    raise Wrong("the server has ended without /quit")
