"""What pages say: the functions that templates call, and the generated pages."""
