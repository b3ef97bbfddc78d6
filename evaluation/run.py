"""All nine languages. Run: python evaluation/run.py --data FOLDER --against all [--out evaluation/results]."""

import sys

from narratives.cli import main

if __name__ == "__main__":
    main(["evaluate", "all", *sys.argv[1:]])
