"""Pages: a scenario or a study as one HTML file."""
