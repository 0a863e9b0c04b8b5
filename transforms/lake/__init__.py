"""The lake: Parquet files, and manifests that say which of them are a snapshot."""
