"""The command line: options, the terminal, exit codes. Each command is one call of the library."""
