"""A document is changed on one thread: else Panel holds changes back for good, now and then, and the page stays empty."""

import asyncio
import threading

import pytest
from bokeh.document import Document
from bokeh.server.session import ServerSession

from console.one_thread import keep_to_one_thread

pytestmark = pytest.mark.slow  # with Bokeh, a second that only the console's tests need to wait for


async def test_what_a_browser_sends_is_applied_on_the_loop_s_own_thread() -> None:
    keep_to_one_thread()
    session = ServerSession("demo", Document(), io_loop=asyncio.get_running_loop())
    assert await session.with_document_locked(threading.get_ident) == threading.get_ident()
