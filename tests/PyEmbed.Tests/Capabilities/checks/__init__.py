"""What capabilities grant, by what it is."""
