"""Where a postcode lies: versioned tables from open data, read without a network (rule R26)."""
