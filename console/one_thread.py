"""What a browser sends is applied on the event loop's own thread, as our callbacks run there.

From 3.10 on Bokeh does that on worker threads, while a callback of ours changes the same document on the loop. Panel's hold of one thread then
swallows the release of the other: the document holds its changes back for good, and whoever looks at the page sees it empty
(`panel.io.document.hold`, seen with Panel 1.10.0 and Bokeh 3.10.2).
"""

from collections.abc import Callable

from bokeh.server import session


async def _here[**P, R](function: Callable[P, R], *args: P.args, **given: P.kwargs) -> R:
    return function(*args, **given)


async def _here_in_session[**P, R](_: session.ServerSession, function: Callable[P, R], *args: P.args, **given: P.kwargs) -> R:
    return function(*args, **given)


def keep_to_one_thread() -> None:
    """For the whole process, once."""
    for place, name, here in ((session, "_run_in_executor", _here), (session.ServerSession, "_run_in_executor", _here_in_session)):
        if not hasattr(place, name):
            raise RuntimeError("this Bokeh works on its documents in another way: see whether a page can still get stuck")
        setattr(place, name, here)
