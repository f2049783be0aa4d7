"""A header of fixed length before each message: its number of bytes, in decimal or hexadecimal, with spaces behind or zeros before."""
import re


class Header:
    def __init__(self, options):
        self.width = options.get("width", 64)
        self.has_zeros = options.get("zeros", False)
        self.is_hex = options.get("hex", False)

    def of(self, message):
        digits = format(len(message), "x" if self.is_hex else "d")
        return (digits.rjust(self.width, "0") if self.has_zeros else digits.ljust(self.width)).encode()

    def read(self, stream):
        """The next message, or None at the end of the stream."""
        header = stream.read(self.width)
        if header == b"":
            return None
        digits = rb"[0-9a-f]" if self.is_hex else rb"[0-9]"
        form = digits + (rb"{%d}" % self.width if self.has_zeros else rb"{1,7} *")
        if len(header) != self.width or not re.fullmatch(form, header):
            raise ValueError(f"the header {header!r}")
        size = int(header, 16 if self.is_hex else 10)
        message = stream.read(size)
        if len(message) != size:
            raise ValueError(f"{len(message)} bytes of {size}")
        return message
