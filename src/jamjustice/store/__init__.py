"""Engines that answer SPARQL: the embedded one, and any endpoint elsewhere."""
