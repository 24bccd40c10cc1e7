"""No secret in a log: values told to `keep_secret` are masked in every record that any logger writes."""

import base64
import logging
import threading
from collections.abc import Callable
from urllib.parse import quote

MASK = "***"
_secrets: set[str] = set()
_listeners: list[Callable[[str], object]] = []
_lock = threading.Lock()


def keep_secret(*values: str | None) -> None:
    """From now on mask these values, also base64 and URL-encoded."""
    with _lock:
        new = {form for value in values if value and len(value) >= 4 for form in _forms(value)} - _secrets
        _secrets.update(new)
        listeners = list(_listeners)
    for listener in listeners:
        for secret in sorted(new):
            listener(secret)


def tell(listener: Callable[[str], object]) -> None:
    """Tell another masker (a scheduler's own) every secret, those known already and those to come."""
    with _lock:
        _listeners[:] = [listener]
        known = sorted(_secrets)
    for secret in known:
        listener(secret)


def masked(text: str) -> str:
    """The text with every known secret replaced; longer secrets first, so that one inside another leaves nothing."""
    for secret in sorted(_secrets, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, MASK)
    return text


def install() -> None:
    """Mask in all log records from now on, those of libraries too; calling it again changes nothing."""
    current = logging.getLogRecordFactory()
    if getattr(current, "masks_secrets", False):
        return

    def factory(*args: object, **kwargs: object) -> logging.LogRecord:
        record = current(*args, **kwargs)
        text = record.getMessage()
        if (safe := masked(text)) != text:
            record.msg, record.args = safe, None
        if record.exc_info and record.exc_info[1]:
            formatted = logging.Formatter().formatException(record.exc_info)
            if masked(formatted) != formatted:
                record.exc_text, record.exc_info = masked(formatted), None
        return record

    factory.masks_secrets = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(factory)


def _forms(value: str) -> set[str]:
    raw = value.encode()
    return {value, quote(value, safe=""), base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
