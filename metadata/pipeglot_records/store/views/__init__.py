"""What the store offers to SQL and BI: views with names and columns that stay."""
