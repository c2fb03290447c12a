"""Channels: the chat API, the web chat, mails and receipts. Nothing is decided here."""
