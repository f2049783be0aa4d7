"""What a model of a program has: a person who types, a screen, and sockets that do not wait for ever.

The test is the person and looks at the screen. A model is a function of its part; it raises Wrong for an answer that the existing
program could not use.
"""
import json
import queue
import socket
import struct
import sys
import threading

LIMIT_SECONDS = 100

programs = {}
_printing = threading.Lock()


def client(name):
    """Adds a client of the service NAME."""
    return _adding("client", name)


def server(name):
    """Adds a server of the service NAME."""
    return _adding("server", name)


def _adding(role, name):
    def add(program):
        programs[role, name] = program
        return program
    return add


class Wrong(Exception):
    """The other side has said what it must not say."""


class Gone(Exception):
    """The test has ended the program in the middle of what it did."""


class Part:
    def __init__(self, name, host="127.0.0.1", port=0, options=None):
        self.name, self.host, self.port = name, host, port
        self.options = options or {}
        # What the program puts behind each message: most put nothing.
        self.ending = self.options.get("ending", "")
        self.typed = queue.Queue()
        self._sockets = []
        self._threads = []
        self._has_ended_a_message = False

    # The person.

    def ask(self, prompt=""):
        """The next line that the person types; raises EOFError if there is none."""
        self._report(ask=prompt)
        line = self.typed.get(timeout=LIMIT_SECONDS)
        if line is None:
            raise EOFError
        if isinstance(line, dict):
            self._die(line["die"])
        return line

    def show(self, text):
        self._report(show=text)

    # Sockets of clients.

    def connect(self, port=None):
        """A connection to the server, or to another one at its host; its segments are sent at once."""
        source = (self.options["source"], 0) if "source" in self.options else None
        s = socket.create_connection((self.host, port or self.port), LIMIT_SECONDS, source)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.seen(s) if port is None else s

    def datagrams(self):
        """A socket for datagrams at a port that the system chooses."""
        return self.seen(self.bound())

    def bound(self, port=0):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(LIMIT_SECONDS)
        s.bind((self.host, port))
        return s

    def seen(self, s):
        """Reports the address of a socket as the one that the other side sees."""
        self._sockets.append(s)
        self._report(at=_shown(s.getsockname()))
        return s

    def say(self, s, text):
        """Sends a text as this program does, with its ending or none."""
        s.sendall((text + self.ending).encode())
        self._has_ended_a_message = self._has_ended_a_message or self.ending != ""

    def text(self, data):
        """A text of the server. It ends in a newline if, and only if, this client has ended a message by one."""
        if data == b"":
            raise Wrong("the server has ended the connection too early")
        text = data.decode()
        if text.endswith("\n") != self._has_ended_a_message:
            raise Wrong("a newline " + ("is missing" if self._has_ended_a_message else "is too much") + f" in {text!r}")
        return text[:-1] if self._has_ended_a_message else text

    def end_of(self, s):
        """The server has to end the connection, and to say nothing more."""
        data = s.recv(1024)
        if data != b"":
            raise Wrong(f"{data!r} after the last answer")
        s.close()

    # Sockets of servers.

    def listen(self):
        s = socket.create_server((self.host, self.port), backlog=64)
        s.settimeout(LIMIT_SECONDS)
        self.listening(s.getsockname()[1])
        return s

    def owned(self, s):
        """A socket that ends with the program."""
        self._sockets.append(s)
        return s

    def listening(self, port):
        self._report(listening=port)

    def listen_datagrams(self):
        s = self.bound(self.port)
        self.listening(s.getsockname()[1])
        return s

    def recv(self, s, size=1024):
        """What one read of a server gives."""
        data = s.recv(size)
        if data != b"":
            self.received(s.getpeername(), data)
        return data

    def recvfrom(self, s, size=1024):
        data, sender = s.recvfrom(size)
        self.received(sender, data)
        return data, sender

    def received(self, peer, data):
        self._report(received=_shown(peer), bytes=len(data))

    def each_client(self, s, serve):
        """A thread for each client; ends with the test."""
        while True:
            connection, _ = s.accept()
            connection.settimeout(LIMIT_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.thread(serve, connection)

    # The stage.

    def thread(self, run, *arguments):
        def reporting():
            try:
                run(*arguments)
            except OSError:
                pass  # The other side is gone, or this one has closed its socket.
            except Exception as error:
                self._report(failed=repr(error))
        thread = threading.Thread(target=reporting, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def run(self, program):
        try:
            program(self)
            self._report(ended=None)
        except Gone:
            self._report(ended=None)
        except Exception as error:
            self._report(ended=f"{type(error).__name__}: {error}")
        finally:
            self._close(socket.SHUT_RDWR)

    def _die(self, how):
        if how == "reset":
            for s in self._sockets:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Before a reset nothing is sent.
        self._close(socket.SHUT_RD if how == "reset" else socket.SHUT_RDWR)
        raise Gone

    def _close(self, directions):
        """
        Closes the sockets when no thread waits for them any more: such a thread would keep its own connection open, or that of another
        model that has got the same descriptor.
        """
        streams = [s for s in self._sockets if s.fileno() >= 0 and s.type == socket.SOCK_STREAM]
        for s in streams:
            try:
                s.shutdown(directions)
            except OSError:
                pass  # The other side has ended it.
        for thread in self._threads if streams else []:
            thread.join(LIMIT_SECONDS)
        for s in self._sockets:
            s.close()

    def _report(self, **fields):
        with _printing:
            sys.stdout.write(json.dumps({"name": self.name, **fields}) + "\n")
            sys.stdout.flush()


def _shown(address):
    return f"{address[0]}:{address[1]}"
