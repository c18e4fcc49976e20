"""What can be checked on a living system: each check looks for one fault, and every fault that it names has been injected by a test."""
