"""A lifelike branch of an operator, composed from a seed: nothing in it belongs to anybody."""
