"""Clients that ask once and are answered: hello, calculator, guess, paper-stone-scissors, sum, total, hello-http, sink."""
import re

from part import Wrong, client


@client("hello")
def hello(part):
    s = part.connect()
    part.show(part.text(s.recv(1024)))
    part.say(s, part.ask())
    part.show(part.text(s.recv(1024)))
    part.end_of(s)


@client("calculator")
def calculator(part):
    s = part.connect()
    while True:
        text = part.text(s.recv(1024))
        if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
            part.show("Result is: " + text)
            return part.end_of(s)
        # What the server says of a text that is no number may stand in one read with the question.
        part.say(s, part.ask(text)) if text.endswith(": ") else part.show(text)


@client("guess")
def guess(part):
    s = part.connect()
    prompt = part.text(s.recv(1024)) if part.options.get("prompt") else "Enter number: "
    if prompt != "Enter number: ":
        raise Wrong(f"the prompt {prompt!r}")
    while True:
        number = part.ask(prompt)
        part.say(s, number)
        answer = part.text(s.recv(1024))
        part.show(answer)
        wrong = re.fullmatch(r"Wrong! I guessed ([1-5]) and you typed ([1-5])", answer)
        if wrong is not None and (wrong[1] == wrong[2] or wrong[2] != number):
            raise Wrong(answer)
        if wrong is not None or answer == "Nice! I guessed that number":
            return part.end_of(s)


OBJECTS = {"1": "Paper", "2": "Stone", "3": "Scissors"}
BEATS = {"Paper": "Stone", "Stone": "Scissors", "Scissors": "Paper"}
MENU = "Choose object:\n1 = Paper\n2 = Stone\n3 = Scissors\n\nYour selection: "


@client("paper-stone-scissors")
def paper_stone_scissors(part):
    s = part.connect()
    if part.options.get("menu"):
        menu = s.recv(1024).decode()
        if menu != MENU:
            raise Wrong(f"the menu {menu!r}")
    for line in MENU.split("\n")[:-1]:
        part.show(line)
    selection = part.ask("Your selection: ")
    part.say(s, selection)
    answer = part.text(s.recv(1024))
    if part.options.get("menu"):
        # The next round may stand in the same read.
        answer = answer.removesuffix("\n" + MENU)
    selected = re.fullmatch(r"You selected (\w+)\nI select (\w+)\n(I won|You won|Nobody won)", answer)
    if selected is None:
        raise Wrong(f"the answer {answer!r}")
    mine, other, result = selected.groups()
    if mine != OBJECTS.get(selection, selection):
        raise Wrong(f"{selection!r} was taken as {mine}")
    right = "You won" if BEATS[mine] == other else "I won" if BEATS[other] == mine else "Nobody won"
    if result != right:
        raise Wrong(f"{mine} and {other}: {result}")
    part.show(answer)


@client("sum")
def sum_of_numbers(part):
    s = part.connect()
    while True:
        number = part.ask("Number: ")
        part.say(s, number)
        if number in ("#", ""):
            break
    part.show(part.text(s.recv(1024)))
    part.end_of(s)


def whole(s):
    """Everything until the server ends."""
    read = b""
    while data := s.recv(1024):
        read += data
    return read.decode()


@client("total")
def total(part):
    return ask_over_http(part)


@client("hello-http")
def hello_http(part):
    return ask_over_http(part)


def ask_over_http(part):
    """As a browser: the request in one piece, then the answer until the server ends."""
    s = part.connect()
    s.sendall(f"{part.ask()}\r\nHost: {part.host}\r\n\r\n".encode() + bytes(part.options.get("extra", 0)))
    part.show(whole(s))


@client("sink")
def sink(part):
    if part.options.get("udp"):
        s = part.datagrams()
        s.connect((part.host, part.port))
    else:
        s = part.connect()
    try:
        while True:
            part.say(s, part.ask())
    except EOFError:
        s.close()
