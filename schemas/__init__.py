"""What flows and what is stored: records, tables, settings."""
