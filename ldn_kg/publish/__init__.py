"""Everything that leaves the project: file formats, the release, the website, triple stores."""
