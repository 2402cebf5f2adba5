"""uvicorn's HTTP protocol, which lets streams see how much of what was sent their client has not read."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.live.stream import CONNECTION


class Connection(HttpToolsProtocol):
    """Gives the transport to the app, as an extension of the ASGI scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"transport": self.transport}}
