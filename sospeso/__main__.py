"""`python -m sospeso`."""

from sospeso.cli import main

main()
