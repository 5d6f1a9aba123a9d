"""The way of a report, one folder a stage. Stages never import each other; they meet in findings and in `pipeline`."""
