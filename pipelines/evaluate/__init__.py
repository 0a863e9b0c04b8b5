"""``storybeam evaluate``: how good the storylines are, measured on labelled corpora."""
