"""Curation: a bibliographic record and a design into the file of a study, ready to fill in."""
