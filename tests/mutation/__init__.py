"""Mutation testing: small faults are put into the package, and some test must find each."""
