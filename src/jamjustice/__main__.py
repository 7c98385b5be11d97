"""`python -m jamjustice`."""

from jamjustice.cli import main

main()
