"""python -m ldn_kg"""

from ldn_kg.cli import main

main()
