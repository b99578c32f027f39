"""The report that people read: summaries of the results, figures, pages and the site."""
