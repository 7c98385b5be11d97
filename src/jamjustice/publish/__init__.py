"""What leaves the project: the published dataset, its description, its releases."""
