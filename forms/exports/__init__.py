"""Lists that leave the house as files: typed columns, and a writer for each format. Pure: records in, bytes out."""
