"""Lists that come into the house as files: a reader for each format, and each row held against the questionnaire. Pure: bytes in, rows out."""
