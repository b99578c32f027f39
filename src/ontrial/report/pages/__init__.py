"""The content of pages: functions that templates call, and generated pages."""
