"""Bodies of requests and answers: packed as HTTP allows, and what the first item of a pack asks for."""

import gzip
import re
import zlib


class BadRequest(Exception):
    """The bytes are no request that can be worked on: HTTP 400."""


def first_request(body: bytes) -> str:
    """The local name of the first document or request in a pack, found without parsing; empty when there is none."""
    inside = re.search(rb"<(?:[\w.-]+:)?dataPackItem\b[^>]*>(?:\s|<!--.*?-->)*<(?:[\w.-]+:)?([\w.-]+)", body, re.DOTALL)
    return inside.group(1).decode("ascii", "replace") if inside else ""


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its content encoding; deflate with or without zlib's wrapper. Raises BadRequest."""
    try:
        if encoding in {"", "identity"}:
            return body
        if encoding in {"gzip", "x-gzip"}:
            return gzip.decompress(body)
        if encoding == "deflate":
            try:
                return zlib.decompress(body)
            except zlib.error:
                return zlib.decompress(body, -zlib.MAX_WBITS)
    except (OSError, EOFError, zlib.error) as error:
        raise BadRequest from error
    raise BadRequest


def packed(body: bytes, accepted: str) -> tuple[str, bytes]:
    """The content encoding chosen and the body in it; gzip before deflate, neither for an empty body."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        weights[name] = weight.strip() not in {"0", "0.0", "0.00", "0.000"}
    if body and weights.get("gzip"):
        return "gzip", gzip.compress(body, compresslevel=1)
    if body and weights.get("deflate"):
        return "deflate", zlib.compress(body, level=1)
    return "", body
