"""The only wing that writes to the channel."""
