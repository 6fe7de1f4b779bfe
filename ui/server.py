"""The server: where it listens, how it starts and ends."""

import errno
import socket

import uvicorn

from index.library import Library
from ui.app import create_app
from ui.errors import BadSetting
from ui.library import warm
from ui.settings import Settings

# An open page holds its connection for ever; no question takes this long.
SHUTDOWN_S = 3


def serve(library: Library, settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM; port 0 takes a free one.

    Raises:
        BadSetting: nothing can listen at the host and port of the settings.
    """
    host = settings.host
    listener = listen(host, settings.port)
    config = uvicorn.Config(
        create_app(library, settings),
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_S,
        server_header=False,
    )
    warm(library)
    shown = f"[{host}]" if ":" in host else host
    print(f"Yuanwen: http://{shown}:{listener.getsockname()[1]}  (Ctrl+C ends it)", flush=True)
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at exactly this address.

    Raises:
        BadSetting: the address is taken, forbidden, or not of this machine.
    """
    try:
        # Named TCP by its number, the loop switches Nagle's algorithm off: 40 ms a request.
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        raise BadSetting(f"Cannot listen at {host}:{port}: {_remedy(error)}") from error
    return listener


def _remedy(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program uses this port. End it, or choose another with --port."
    if error.errno == errno.EACCES:
        return "this port is not permitted. Choose one of 1024 or above with --port."
    return f"{error.strerror or error}. Name an address of this machine with --host."
