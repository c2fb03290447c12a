"""All that can be proved about one customer, in one file that needs neither this program nor its server."""
