"""Pages for people: the figures of the API as charts and tables in a browser.

Each page reads the same queries as the API, with the reader's session or key.
"""
