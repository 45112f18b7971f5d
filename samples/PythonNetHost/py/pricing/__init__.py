"""What the shop takes off, and why."""
