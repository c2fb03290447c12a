"""One engine for every channel: state and event in, messages and effects out."""
