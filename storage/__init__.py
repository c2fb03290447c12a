"""What is kept: PostgreSQL, sealed snapshots, append-only evidence, documents in two stores, jobs."""
