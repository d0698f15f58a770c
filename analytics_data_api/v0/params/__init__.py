"""Read a query string or a body as a validated, immutable value. All invalid input ends here, as one kind of error."""
