"""Runs the real Milvus server for the tests: `python milvus_server.py FOLDER` prints an address.

The server binds every address of the machine, so it gets a network of its own. What is asked of a
port of 127.0.0.1 is passed on to it: a socket stays in the network in which it was made. It ends
when standard input does.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
import threading
from pathlib import Path

from filelock import FileLock
from milvus import MilvusServer, MilvusServerConfig

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
_SET_FLAGS, _UP = 0x8914, 0x1


def leave_network():
    """Into a network where there is nothing but a loopback."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK | (_NEW_USER if os.geteuid() else 0)):
        raise OSError(ctypes.get_errno(), "no network of its own can be had")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))


def pass_on(here, port):
    there = socket.create_connection(("127.0.0.1", port))
    for source, target in ((here, there), (there, here)):
        threading.Thread(target=copy, args=(source, target), daemon=True).start()


def copy(source, target):
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()


def accept(door, port):
    while True:
        pass_on(door.accept()[0], port)


def main(folder):
    folder.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the server ends with it
    door = socket.create_server(("127.0.0.1", 0), backlog=128)
    leave_network()
    server = MilvusServer(MilvusServerConfig(data_dir=str(folder)))
    unpacked = Path(sys.prefix) / "milvus"  # 250 MB, which take a while
    unpacked.mkdir(exist_ok=True)
    (folder / "bin").symlink_to(unpacked)
    try:
        with FileLock(unpacked / ".lock"):
            server.start()
        threading.Thread(target=accept, args=(door, server.listen_port), daemon=True).start()
        print(f"http://127.0.0.1:{door.getsockname()[1]}", flush=True)
        sys.stdin.read()
    finally:
        if server.server_proc:
            server.server_proc.kill()  # what it holds is thrown away
            server.server_proc.wait()
            server.server_proc = None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
