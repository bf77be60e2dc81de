"""Run the command line as `python -m ldn_kg`."""

from ldn_kg.cli import main

main()
