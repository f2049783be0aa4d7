"""The published servers, written from the description of what they say and from nothing else."""
from . import answers, chats, datagrams, echo_lab, lines, linked  # noqa: F401
