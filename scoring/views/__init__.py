"""Pages: why a client stands where it stands, a customer's statement, the model, the proof."""
