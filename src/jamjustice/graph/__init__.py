"""Turtle files in, a dataset of named graphs, canonical text out."""
