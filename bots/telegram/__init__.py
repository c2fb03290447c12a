"""Telegram: a thin adapter over dialogs.turn. Nothing is decided here."""
