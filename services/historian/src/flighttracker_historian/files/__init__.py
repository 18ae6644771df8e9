"""The files of a history: schema, names, stores, and what is kept. `writing` writes them, `reading` reads them.

A history is a Hive-partitioned data set of Parquet files, which DuckDB, Trino, Spark, pandas and polars read as it is:
`date=2026-11-29/hour=18/s00003-….parquet`. Files are immutable: a file appears whole, and a compacted file replaces
those whose offsets it includes.
"""
