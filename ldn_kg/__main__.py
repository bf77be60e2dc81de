"""Run the command line as `python -m ldn_kg`."""

from ldn_kg.command.main import main

main()
