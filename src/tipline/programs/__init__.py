"""The programmes beside the way of a report, fed by it; they never import each other or a stage."""
