"""The face of every PDF that the house makes: embedded faces, colours, running head, page numbers, tables."""
