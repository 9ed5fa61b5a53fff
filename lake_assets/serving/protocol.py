"""HTTP for strangers: a client that sends or reads too slowly is cut off, and costs nobody else."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from lake_assets.serving.limits import Limits


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to its patience.

    A request must arrive within ``request_s`` of its first byte, or of the connection, however it
    drips; an answer that nobody reads for ``stall_s`` is given up. Without this only connections
    that are idle between requests are ended.
    """

    limits = Limits()
    _arriving: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Wait on while a request is incomplete; more of it does not buy more time."""
        super().data_received(data)
        # `their_state` is IDLE while a head is incomplete, SEND_BODY while a body is.
        state = self.conn.their_state
        incomplete = state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0])
        if not incomplete:
            self._arriving = _stopped(self._arriving)
        elif self._arriving is None:
            self._await_request()

    def pause_writing(self) -> None:
        """Begin to wait for the reader."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.limits.stall_s, self._give_up)

    def resume_writing(self) -> None:
        """The reader took what there was."""
        super().resume_writing()
        self._stalled = _stopped(self._stalled)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._arriving, self._stalled = _stopped(self._arriving), _stopped(self._stalled)
        super().connection_lost(exc)

    def _await_request(self) -> None:
        self._arriving = self.loop.call_later(self.limits.request_s, self._give_up)

    def _give_up(self) -> None:
        self.transport.abort()


def patient(limits: Limits) -> type[PatientProtocol]:
    """The protocol with limits of one's own; uvicorn makes the instances."""
    return type("Patient", (PatientProtocol,), {"limits": limits})


def _stopped(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """No timer, whatever was there."""
    if timer is not None:
        timer.cancel()
    return None
