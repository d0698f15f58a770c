"""The fields of responses. JSON, the columns of CSV and the API's description all come from these declarations."""
