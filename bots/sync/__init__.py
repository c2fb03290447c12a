"""Keeping other programs in step: what has changed is noted, released, sent, and said again until it was taken."""
