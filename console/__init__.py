"""What colleagues see and do."""
