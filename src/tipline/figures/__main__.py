"""`python -m tipline.figures bench|faults ...`: what `./tipline bench` and `./tipline faults` start."""

import sys

from tipline.figures.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
