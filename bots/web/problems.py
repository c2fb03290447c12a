"""Errors of the chat API as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response

NO_STORE = {"cache-control": "no-store"}


class ApiProblem(Exception):  # noqa: N818 - the API's own word
    """Ends a request with a problem document. `type` is a stable name, relative to the API."""

    def __init__(
        self,
        status: int,
        name: str,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(name)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {"type": name, "title": title, "status": status, "detail": detail, **(more or {})}


def not_found() -> ApiProblem:
    """One answer for everything that is not there or not yours: nobody learns which of the two."""
    return ApiProblem(404, "not-found", "Not found", "There is no such conversation, or the secret does not open it.")


def unauthorised() -> ApiProblem:
    headers = {"www-authenticate": "Bearer"}
    return ApiProblem(401, "unauthorised", "Secret expected", "Send the channel's secret as a Bearer token.", headers=headers)


def not_signed() -> ApiProblem:
    return ApiProblem(
        401, "not-signed", "Signature expected", "Sign the message as Standard Webhooks 1.0.0 asks, with the source's secret."
    )


def out_of_reach() -> ApiProblem:
    headers = {"retry-after": "300"}
    return ApiProblem(503, "out-of-reach", "Not now", "It could not be kept. Send it again later.", headers=headers)


def away() -> ApiProblem:
    headers = {"retry-after": "5"}  # a database that was restarted is there again by then
    detail = "What is needed for it did not answer. Whether this was taken is not known; the same request may be sent again."
    return ApiProblem(503, "out-of-reach", "Not now", detail, headers=headers)


def unread() -> ApiProblem:
    headers = {"retry-after": "300"}
    return ApiProblem(503, "out-of-reach", "Not now", "The document cannot be read at the moment. Ask for it again later.", headers=headers)


def not_of_a_form(detail: str) -> ApiProblem:
    return ApiProblem(422, "invalid-body", "The body is of no known form", detail)


def too_large(limit: int) -> ApiProblem:
    return ApiProblem(413, "too-large", "Too large", f"At most {limit} bytes are accepted.", more={"limit": limit})


def unsupported(accept: list[str]) -> ApiProblem:
    return ApiProblem(415, "unsupported-type", "Type not accepted", "The file is not of an accepted type.", more={"accept": accept})


def question_changed(question: object) -> ApiProblem:
    detail = "The answer is for a question that is not the open one. The open question is in this document."
    return ApiProblem(409, "question-changed", "Another question is open", detail, more={"question": question})


def too_fast(wait_s: int) -> ApiProblem:
    headers = {"retry-after": str(wait_s)}
    return ApiProblem(429, "too-fast", "Too many requests", f"Try again in {wait_s} seconds.", headers=headers)


def too_slow() -> ApiProblem:
    return ApiProblem(408, "too-slow", "Too slow", "It did not arrive in time. Nothing was kept; send it again.")


def crowded() -> ApiProblem:
    headers = {"retry-after": "1"}  # each that came first takes milliseconds
    return ApiProblem(503, "crowded", "Not now", "Too many messages came at once. Nothing was taken; send it again.", headers=headers)


def too_many_files(wait_s: int) -> ApiProblem:
    headers = {"retry-after": str(wait_s)}
    detail = f"This conversation has been sent as many files as it takes in a day. Try again in {wait_s} seconds."
    return ApiProblem(429, "too-many-files", "Too many files", detail, headers=headers)


def failed() -> ApiProblem:
    return ApiProblem(500, "failed", "Our fault", "Something did not work. Nothing was taken; the same request may be sent again.")


def unknown_path(status: int) -> ApiProblem:
    if status == 405:
        return ApiProblem(405, "method-not-allowed", "Method not allowed", "This address does not take this method.")
    return not_found() if status == 404 else ApiProblem(status, "refused", "Refused", "The request was refused.")


def respond(problem: ApiProblem) -> Response:
    headers = NO_STORE | problem.headers
    return Response(orjson.dumps(problem.body), problem.status, headers, media_type="application/problem+json")
