"""What other manuals would have demanded of cases that have been."""
