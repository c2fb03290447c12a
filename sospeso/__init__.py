"""The program: command line, settings, server, demo."""
