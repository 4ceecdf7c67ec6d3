"""Training: labelled calls to a bundle, and the figures of a bundle on labelled turns."""
