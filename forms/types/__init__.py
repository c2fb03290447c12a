"""Readers and showers of answers, one module a family of types."""
