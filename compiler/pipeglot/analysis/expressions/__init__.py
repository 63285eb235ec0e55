"""What stands in `${{ }}`: where names are looked up, and what type is found."""
