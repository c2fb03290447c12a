"""Everything held about one customer, for the customer (GDPR art. 15 and 20)."""
