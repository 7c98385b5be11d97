"""Named, documented, typed questions to the graph, and their answers."""
