"""By which other doors a conversation is reached: a messenger's chat, a sender of Rasa's channel, a browser that came by a one-time link."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigInt, Digest, Sealed, guarded, new_id


class Chat(Base):
    """A private chat of a messenger, bound to the one conversation it goes on with, and how far that was told in it."""

    __tablename__ = "chat"
    __table_args__ = ({"info": guarded(rls="system")},)

    chat_index: Mapped[Digest] = mapped_column(primary_key=True)
    """A blind index of the messenger's own number."""
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), unique=True)
    wrapped_key: Mapped[Sealed]
    """Of the chat itself: the last thing said in a conversation is told after that one's key was destroyed."""
    sealed_number: Mapped[Sealed]
    opened_by: Mapped[str]
    """The message that bound it: the same again binds nothing again."""
    told: Mapped[int] = mapped_column(default=0)
    """Number of the last turn told, or passed over, in the chat."""
    shown: Mapped[str] = mapped_column(default="")
    """Of the question that stands last in the chat."""
    asked_in: Mapped[BigInt] = mapped_column(default=0)
    """The messenger's number of the message with that question: what came before it cannot have answered it."""
    has_keyboard: Mapped[bool] = mapped_column(default=False)
    """A keyboard of ours stands in place of the chat's own."""
    is_elsewhere: Mapped[bool] = mapped_column(default=False)
    """A sensitive question was handed over: what comes of it is told here, once."""
    is_reachable: Mapped[bool] = mapped_column(default=True)
    """False once the person has blocked the bot or is gone, until they write again."""
    papers_told: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    """Receipts stored until then were sent into the chat, or are none of it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class Sender(Base):
    """Who writes by a channel where each message is answered at once, bound to the conversation they go on with."""

    __tablename__ = "sender"
    __table_args__ = ({"info": guarded(rls="system")},)

    sender_index: Mapped[Digest] = mapped_column(primary_key=True)
    """A blind index of what the channel calls them."""
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), unique=True)
    opened_by: Mapped[str]
    """The message that bound them: the same again binds nothing again."""
    told: Mapped[int] = mapped_column(default=0)
    """Number of the last turn that was shown to them without being the answer to a message of theirs."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class Entry(Base):
    """A one-time link into a conversation. Used by a browser, it becomes one more secret that opens it."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_conversation_id", "conversation_id"),
        Index("ix_entry_expires_at", "expires_at"),
        Index("ix_entry_session_id", "session_id", postgresql_where=text("session_id is not null")),
        {"info": guarded(rls="system")},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    token_sha256: Mapped[Digest | None] = mapped_column(unique=True)
    """Null once used."""
    secret_sha256: Mapped[Digest | None] = mapped_column(unique=True, default=None)
    expires_at: Mapped[datetime]
    """Of the link while it is one, of the secret afterwards."""
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("account_session.id", ondelete="CASCADE"), default=None)
    """Of the client area, from where the browser went into the chat: it ends with it."""
