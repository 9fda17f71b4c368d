"""Generator of the conformance vectors; see ../README.md."""
