"""From a query string to a validated, immutable value. All bad input ends here, as one kind of error."""
