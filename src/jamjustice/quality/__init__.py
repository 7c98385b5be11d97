"""Is the graph right? Shapes, evidence, and findings that a curator can act on."""
