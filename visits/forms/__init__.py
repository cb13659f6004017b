"""What people type about their working day."""
