"""Runs `yuanwen` as ever, and writes down every address outside this machine that it asks for.

Called as `python hooked.py LOG serve --port 0`.
"""

import ipaddress
import sys
from pathlib import Path

LOG = Path(sys.argv[1])


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host and not is_local(str(host)):
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"{event} {host}\n")


def is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(watch)

if __name__ == "__main__":
    from ui.cli import main

    sys.exit(main(sys.argv[2:]))
