"""What pages say: the functions that templates call, and the pages that nobody writes by hand."""
