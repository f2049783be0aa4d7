"""Runs models of the published programs, each in a thread of its own: one start of Python for all of them.

Orders come as lines of JSON on standard input: {"start": NAME, "role", "service", "host", "port", "options"},
{"type": NAME, "line"}, {"end": NAME} (no more lines), {"die": NAME, "how": "close" or "reset"} (a client over TCP). Reports go to
standard output; see part.py. The end of the input ends everything.
"""
import json
import sys
import threading

import clients  # noqa: F401  They add themselves to the programs.
import servers  # noqa: F401
from part import Part, programs

parts = {}
for line in sys.stdin:
    order = json.loads(line)
    if "start" in order:
        part = Part(order["start"], order.get("host", "127.0.0.1"), order.get("port", 0), order.get("options"))
        parts[order["start"]] = part
        program = programs[order["role"], order["service"]]
        threading.Thread(target=part.run, args=(program,), daemon=True).start()
    elif "type" in order:
        parts[order["type"]].typed.put(order["line"])
    elif "end" in order:
        parts[order["end"]].typed.put(None)
    elif "die" in order:
        parts[order["die"]].typed.put({"die": order["how"]})
