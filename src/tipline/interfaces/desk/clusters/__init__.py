"""Pages of clusters: what belongs together, who works on it, and every child of it on one roster."""
