"""Stories in a real browser, each told as one person's visit."""
