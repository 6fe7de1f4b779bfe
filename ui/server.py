"""The server: how it starts and ends."""

from socket import socket

import uvicorn

from index.library import Library
from ui.app import create_app
from ui.library import warm
from ui.listen import listen
from ui.observe import log_config
from ui.settings import Settings

# An open page holds its connection for ever; no question takes this long.
SHUTDOWN_S = 3


def serve(library: Library, settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM; port 0 takes a free one.

    Raises:
        BadSetting: nothing can listen at the host and port of the settings.
    """
    listener = listen(settings.host, settings.port)
    config = uvicorn.Config(
        create_app(library, settings),
        host=settings.host,
        log_config=log_config(with_messages=settings.log_questions),
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        server_header=False,
        # Without this uvicorn believes what every program of this machine says of its client.
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=settings.forwarded_allow_ips,
    )
    # Latin letters load what reads Chinese names in them.
    warm(library, "原文 Yuanwen")
    with listener:
        _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Tells where it listens once it answers, and once Ctrl+C ends it in order."""
        await super().startup(sockets)
        host = self.config.host
        shown = f"[{host}]" if ":" in host else host
        for each in sockets or []:
            port = each.getsockname()[1]
            print(f"Yuanwen: http://{shown}:{port}  (Ctrl+C ends it)", flush=True)
