"""Headers as they came: Starlette's mapping decodes and looks through all of them at each question."""

from starlette.requests import HTTPConnection


def header(request: HTTPConnection, name: bytes) -> str:
    """The field's value, several joined by commas (RFC 9110, 5.3); empty where there is none. `name` in small letters, as ASGI gives them."""
    fields: list[tuple[bytes, bytes]] = request.scope["headers"]
    single = dict(fields)
    if len(single) == len(fields):  # nearly always; and a request is looked through several times
        return single.get(name, b"").decode("latin-1")
    return b",".join(value for key, value in fields if key == name).decode("latin-1")
