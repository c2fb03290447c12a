"""The chat API and the web chat on top of its code path."""
