"""The answers' fields, each declared once: JSON, the CSV columns and the API's description come from here."""
