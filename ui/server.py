"""The server: how it starts and ends."""

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
    host = settings.host
    listener = listen(host, settings.port)
    config = uvicorn.Config(
        create_app(library, settings),
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
    shown = f"[{host}]" if ":" in host else host
    print(f"Yuanwen: http://{shown}:{listener.getsockname()[1]}  (Ctrl+C ends it)", flush=True)
    with listener:
        uvicorn.Server(config).run(sockets=[listener])
