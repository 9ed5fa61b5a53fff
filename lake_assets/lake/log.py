"""The log: one line an event, as JSON for programs or as text for people.

LAKE_LOG says ``json`` or ``text``; without it nothing is written. LAKE_LOG_FILE names a file that
any number of processes append to; without it the lines go to standard error.
"""

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from lake_assets.errors import UnknownNameError

_FIELDS: Final = "lake_fields"
_PACKAGE: Final = "lake_assets"
_LOGGERS: Final = (_PACKAGE, "uvicorn")
_STANDARD_ERROR: Final = 2
_EVENTS: Final = logging.getLogger(f"{_PACKAGE}.events")


class Form(StrEnum):
    """How a line is written."""

    JSON = "json"
    TEXT = "text"


def set_up(environ: Mapping[str, str]) -> None:
    """Send what this process logs where the environment says; called again, it starts anew.

    Raises:
        UnknownNameError: LAKE_LOG is neither json nor text.
        OSError: LAKE_LOG_FILE cannot be written.
    """
    _take_down()
    asked = environ.get("LAKE_LOG", "")
    if not asked:
        return
    if asked not in list(Form):
        raise UnknownNameError(f"LAKE_LOG is {asked!r}; say {' or '.join(Form)}")
    handler = _Lines(environ.get("LAKE_LOG_FILE"), Form(asked))
    for name in _LOGGERS:
        logging.getLogger(name).addHandler(handler)
    logging.getLogger(_PACKAGE).setLevel(logging.INFO)
    _EVENTS.propagate = True


def is_on() -> bool:
    """Whether this process writes a log."""
    return bool(_handlers())


def tell(event: str, level: int = logging.INFO, **fields: object) -> None:
    """Log an event; a field that is None is left out."""
    _EVENTS.log(level, event, extra={_FIELDS: fields})


class _Lines(logging.Handler):
    """Writes each record as one line in one write: lines of several processes never mix."""

    def __init__(self, file: str | None, form: Form) -> None:
        super().__init__()
        self._form = form
        self._file = file
        self._descriptor = _STANDARD_ERROR
        self._open()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; where that is impossible, the work goes on without it."""
        try:
            # `logging.config`, which Dagster and others call, closes every handler there is.
            self._open()
            line = _json(_told(record)) if self._form is Form.JSON else _text(_told(record))
            os.write(self._descriptor, line.encode(errors="replace") + b"\n")
        except (OSError, ValueError, TypeError):
            self.handleError(record)

    def close(self) -> None:
        """Close the file; the next record opens it again."""
        if self._descriptor != _STANDARD_ERROR:
            os.close(self._descriptor)
            self._descriptor = _STANDARD_ERROR
        super().close()

    def _open(self) -> None:
        if self._file and self._descriptor == _STANDARD_ERROR:
            Path(self._file).parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._descriptor = os.open(self._file, flags, 0o640)


def _told(record: logging.LogRecord) -> dict[str, object]:
    """What a line says: time, level, event, then the event's own fields."""
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    head = {"time": moment.replace("+00:00", "Z"), "level": record.levelname.lower()}
    fields = getattr(record, _FIELDS, None)
    if fields is None:
        fields = {"logger": record.name, "message": record.getMessage()}
        head["event"] = "message"
    else:
        head["event"] = str(record.msg)
    if record.exc_info and record.exc_info[1] is not None:
        fields = {**fields, "traceback": logging.Formatter().formatException(record.exc_info)}
    return {**head, **{name: value for name, value in fields.items() if value is not None}}


def _json(told: Mapping[str, object]) -> str:
    return json.dumps(told, separators=(",", ":"), default=str)


def _text(told: Mapping[str, object]) -> str:
    """``time LEVEL event name=value ...``, a value with blanks or odd characters as JSON."""
    fields = dict(told)
    head = [str(fields.pop("time")), str(fields.pop("level")).upper(), str(fields.pop("event"))]
    return " ".join([*head, *(f"{name}={_word(value)}" for name, value in fields.items())])


def _word(value: object) -> str:
    text = str(value)
    plain = text.isascii() and text.isprintable() and text and not set(' "=') & set(text)
    return text if plain else json.dumps(text)


def _handlers() -> list[logging.Handler]:
    return [h for h in logging.getLogger(_PACKAGE).handlers if isinstance(h, _Lines)]


def _take_down() -> None:
    """As before anything was asked for: events go nowhere, not even to the last resort."""
    for handler in _handlers():
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(handler)
        handler.close()
    logging.getLogger(_PACKAGE).setLevel(logging.NOTSET)
    _EVENTS.propagate = False
    if not _EVENTS.handlers:
        _EVENTS.addHandler(logging.NullHandler())


_take_down()
