"""Headers as they came: Starlette's mapping decodes and looks through all of them at each question."""

from starlette.requests import HTTPConnection


def header(request: HTTPConnection, name: bytes) -> str:
    """The field's value, several joined by commas (RFC 9110, 5.3); empty where there is none. `name` in small letters, as ASGI gives them."""
    found = [value for key, value in request.scope["headers"] if key == name]
    return b",".join(found).decode("latin-1") if found else ""
