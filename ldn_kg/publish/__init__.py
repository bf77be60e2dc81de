"""What leaves the project: formats, the release, the website, triple stores."""
