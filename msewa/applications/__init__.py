"""Applications: begun, filled in, reviewed line by line, sent, followed, taken back."""
