"""The published clients, written from the description of what they say and from nothing else."""
from . import answers, chats, datagrams, echo_lab, lines, linked, plain  # noqa: F401
