"""The historian: keeps the positions of a tracker as Parquet files, and answers questions about the past."""
