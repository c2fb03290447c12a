"""Papers: receipts, offers, policies as PDF."""
