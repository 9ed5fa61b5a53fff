"""How much a request may ask for, and how long it may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the service; each has its answer: 413, 429, 503, or a closed connection."""

    rows: int = 1_000_000  # of a binary answer
    text_rows: int = 250_000  # of JSON and CSV
    cells: int = 20_000_000  # rows times columns, of a binary answer
    text_cells: int = 6_000_000
    span_s: int = 26 * 3600  # a session and its eve
    points: int = 20_000
    body_bytes: int = 65_536  # of a request
    held_bytes: int = 512_000_000  # of answers on their way, all clients together
    kept_bytes: int = 256_000_000  # of answers that may be asked for again, and of rows as many
    query_s: float = 5.0
    threads: int = 4
    waiting: int = 64  # requests in work and in line
    requests_per_s: float = 200.0  # of one client, on average
    burst: int = 400  # of one client, at once
    connections: int = 256
    request_s: float = 10.0  # from the first byte of a request to its last
    stall_s: float = 10.0  # a reader that takes nothing
    answer_s: float = 120.0  # from the first byte of an answer to its last
