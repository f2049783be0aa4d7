"""Servers of palindromes and of words."""
import re
import threading

from part import server


@server("palindrome")
def palindrome(part):
    def is_palindrome(text):
        text = re.sub(r"[ !?.,+:;\"'()\-]+", "", text).lower()
        return text == text[::-1]

    def serve(s):
        while data := part.recv(s):
            if data.strip() == b"":
                break
            s.sendall(b"\0\n" if is_palindrome(data.decode().rstrip("\r\n")) else b"\n")
        s.close()
    part.each_client(part.listen(), serve)


class Player:
    def __init__(self, s, name, is_cut):
        self.s, self.name, self.points, self.is_here, self.is_cut = s, name, 0, True, is_cut

    def tell(self, line):
        data = (line + "\n").encode()
        try:
            for piece in [bytes([byte]) for byte in data] if self.is_cut else [data]:
                self.s.sendall(piece)
        except OSError:
            pass


@server("words")
def words(part):
    """One game after another, with the word WORD of the options. With `cut`, each byte is a segment of its own."""
    lock = threading.RLock()
    table = Table(part.options.get("word", "mama"), part.options.get("players", 3))

    def serve(s):
        lines = s.makefile(encoding="utf-8", newline="\n")
        player = Player(s, lines.readline().rstrip("\r\n"), part.options.get("cut", False))
        part.received(s.getpeername(), player.name.encode())
        with lock:
            if not table.join(player):
                player.tell("/quit")
                return s.close()
        try:
            for line in lines:
                line = line.rstrip("\r\n")
                part.received(s.getpeername(), line.encode())
                with lock:
                    table.move(player, line)
        finally:
            with lock:
                table.leave(player)
            s.close()
    part.each_client(part.listen(), serve)


class Table:
    def __init__(self, word, needed):
        self.word, self.needed = word, needed
        self.reset()

    def reset(self):
        self.players, self.named, self.at, self.is_open = [], set(), 0, False

    def all(self, line, but=None):
        for player in self.players:
            if player is not but and player.is_here:
                player.tell(line)

    def join(self, player):
        if self.is_open:
            player.tell("A game is under way")
            return False
        if player.name == "" or any(player.name == one.name for one in self.players):
            player.tell("Another name, please")
            return False
        self.players.append(player)
        self.all(f"{player.name} has joined")
        if len(self.players) == self.needed:
            self.is_open = True
            self.all("The game begins")
            self.show()
        return True

    def show(self):
        """The word, whose turn it is, and the turn."""
        self.all("".join(letter if letter in self.named else "*" for letter in self.word))
        player = self.players[self.at]
        self.all(f"{player.name} is on turn")
        player.tell("/turn")

    def next(self):
        for _ in self.players:
            self.at = (self.at + 1) % len(self.players)
            if self.players[self.at].is_here:
                return

    def move(self, player, line):
        command, _, what = line.partition(" ")
        if not self.is_open or player is not self.players[self.at]:
            return player.tell("It is not your turn")
        if command == "/letter" and what in self.named:
            # No move: only the notice and the turn follow.
            self.all(f"{player.name} names the letter {what} again")
            return player.tell("/turn")
        if command == "/letter" and what:
            self.letter(player, what)
        elif command == "/word" and what:
            self.guess(player, what)
        else:
            player.tell("/letter L or /word W, please")
            return player.tell("/turn")
        if self.is_open:
            self.show()

    def letter(self, player, letter):
        self.all(f"{player.name} names the letter {letter}", player)
        self.named.add(letter)
        points = self.word.count(letter)
        if points == 0:
            player.tell("It does not occur")
            return self.next()
        player.points += points
        player.tell(f"Points: {points}")
        if all(one in self.named for one in self.word):
            self.over(player)

    def guess(self, player, word):
        self.all(f"{player.name} says the word {word}", player)
        if word != self.word:
            player.points = 0
            player.tell("No. Your points are gone")
            return self.next()
        player.points += sum(letter not in self.named for letter in self.word)
        self.over(player)

    def over(self, winner):
        winner.points += len(self.word)
        winner.tell("Congratulations")
        self.all(self.word)
        self.all("The game is over")
        for player in sorted(self.players, key=lambda player: -player.points):
            self.all(f"{player.name} {player.points}")
        self.all("/quit")
        self.reset()

    def leave(self, player):
        player.is_here = False
        if not self.is_open:
            self.players = [one for one in self.players if one is not player]
        elif all(not one.is_here for one in self.players):
            self.reset()
        elif self.players[self.at] is player:
            self.next()
            self.show()
