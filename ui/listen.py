"""Where a server listens."""

import errno
import socket

from ui.errors import BadSetting


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
