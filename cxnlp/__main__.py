"""`python -m cxnlp`."""

from cxnlp.cli import entry

if __name__ == "__main__":
    entry()
