"""Rasa: its REST channel spoken by our own server, and a Rasa project that leads into it. Nothing is decided here."""
